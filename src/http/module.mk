# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/http/accept.c src/http/accept.h \
	src/http/conditional.c src/http/conditional.h \
	src/http/credentials.c src/http/credentials.h \
	src/http/date.c src/http/date.h \
	src/http/form.c src/http/form.h \
	src/http/freshness.c src/http/freshness.h \
	src/http/media_type.c src/http/media_type.h \
	src/http/message.c src/http/message.h \
	src/http/multipart.c src/http/multipart.h \
	src/http/multipart_head.c src/http/multipart_head.h \
	src/http/parameter.c src/http/parameter.h \
	src/http/percent.c src/http/percent.h \
	src/http/range.c src/http/range.h \
	src/http/url.c src/http/url.h
