# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += src/keeper/maintain.c src/keeper/maintain.h

pkglibexec_PROGRAMS += visage-keeper
visage_keeper_SOURCES = src/keeper/main.c
visage_keeper_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS)
