# SPDX-License-Identifier: MIT
pkglibexec_PROGRAMS += visage.fcgi
visage_fcgi_SOURCES = \
	src/worker/fastcgi.c src/worker/fastcgi.h \
	src/worker/main.c \
	src/worker/service.c src/worker/service.h \
	src/worker/signals.c src/worker/signals.h
visage_fcgi_LDADD = libvisage.a $(FCGI_LIBS) $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)
