# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += src/kv/kv.c src/kv/kv.h
