# SPDX-License-Identifier: MIT
if HAVE_TESTS
STORE_TESTS = \
	tests/store/test_store
check_PROGRAMS += $(STORE_TESTS)
TESTS += $(STORE_TESTS)

STORE_TEST_LIBS = libvisage.a $(CRITERION_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS)

tests_store_test_store_SOURCES = tests/store/test_store.c tests/store/fixture.c tests/store/fixture.h
tests_store_test_store_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_store_CFLAGS = $(TEST_CFLAGS)
tests_store_test_store_LDADD = $(STORE_TEST_LIBS)
endif
