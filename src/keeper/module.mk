# SPDX-License-Identifier: MIT
pkglibexec_PROGRAMS += visage-keeper
visage_keeper_SOURCES = src/keeper/main.c
visage_keeper_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)
