# SPDX-License-Identifier: MIT
bin_PROGRAMS += visage
visage_SOURCES = \
	src/ctl/check.c src/ctl/check.h \
	src/ctl/check_access.c \
	src/ctl/check_machine.c \
	src/ctl/check_state.c \
	src/ctl/ctl.h \
	src/ctl/main.c \
	src/ctl/report.c src/ctl/report.h \
	src/ctl/stats.c \
	src/ctl/version.c
visage_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS)
