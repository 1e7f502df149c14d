# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/kv/handle.h \
	src/kv/kv.c src/kv/kv.h \
	src/kv/records.c \
	src/kv/wire.h
