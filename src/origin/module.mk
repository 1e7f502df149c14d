# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/origin/answer.c src/origin/answer.h \
	src/origin/backoff.c src/origin/backoff.h \
	src/origin/bounded_json.c src/origin/bounded_json.h \
	src/origin/did_document.c src/origin/did_document.h \
	src/origin/dns.c src/origin/dns.h \
	src/origin/fetch.c src/origin/fetch.h \
	src/origin/get_blob.c src/origin/get_blob.h \
	src/origin/guard.c src/origin/guard.h \
	src/origin/object.c src/origin/object.h \
	src/origin/object_list.c src/origin/object_list.h \
	src/origin/request_fields.c src/origin/request_fields.h \
	src/origin/sockets.c src/origin/sockets.h \
	src/origin/source.c src/origin/source.h \
	src/origin/srv.c src/origin/srv.h \
	src/origin/target.c src/origin/target.h \
	src/origin/transfer.c src/origin/transfer.h
