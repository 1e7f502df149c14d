# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/origin/answer.c src/origin/answer.h \
	src/origin/backoff.c src/origin/backoff.h \
	src/origin/breaker.c src/origin/breaker.h \
	src/origin/fetch.c src/origin/fetch.h \
	src/origin/guard.c src/origin/guard.h \
	src/origin/sockets.c src/origin/sockets.h \
	src/origin/source.c src/origin/source.h \
	src/origin/target.c src/origin/target.h \
	src/origin/transfer.c src/origin/transfer.h
