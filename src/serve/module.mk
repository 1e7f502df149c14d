# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/serve/failure.c src/serve/failure.h \
	src/serve/job.h \
	src/serve/miss.c src/serve/miss.h \
	src/serve/original.c src/serve/original.h \
	src/serve/reply.c src/serve/reply.h \
	src/serve/serve.c src/serve/serve.h \
	src/serve/server.c src/serve/server.h \
	src/serve/turn.c src/serve/turn.h \
	src/serve/variant.c src/serve/variant.h
