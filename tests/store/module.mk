# SPDX-License-Identifier: MIT
if HAVE_TESTS
STORE_TESTS = \
	tests/store/test_backup \
	tests/store/test_dates \
	tests/store/test_deletion \
	tests/store/test_owed \
	tests/store/test_power \
	tests/store/test_store \
	tests/store/test_storm \
	tests/store/test_sweep \
	tests/store/test_together \
	tests/store/test_versions
check_PROGRAMS += $(STORE_TESTS) tests/store/recorded
TESTS += $(STORE_TESTS)

STORE_TEST_LIBS = libvisage.a $(CRITERION_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS)

# Changes to a store, and what must come of them.
store_test_change = tests/store/change.c tests/store/change.h \
	tests/store/holding.c tests/store/holding.h

# What it calls of libc is recorded: recorder.c comes before libc for it and its libraries. It may be
# called before a sanitizer is ready, so it does without.
check_LIBRARIES += tests/store/librecorder.a
tests_store_librecorder_a_SOURCES = tests/store/recorder.c tests/store/record.h
tests_store_librecorder_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_librecorder_a_CFLAGS = -std=gnu11 $(WARN_CFLAGS) $(HARDEN_CFLAGS)
tests_store_recorded_SOURCES = tests/store/recorded.c $(store_test_change)
tests_store_recorded_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_recorded_LDADD = tests/store/librecorder.a libvisage.a $(LMDB_LIBS) $(CRYPTO_LIBS)

# Moments of a record as stores to be opened.
store_test_replay = tests/store/replay.c tests/store/replay.h tests/store/record.h \
	tests/store/disk.c tests/store/disk.h tests/store/disk_image.c $(store_test_change)

tests_store_test_power_SOURCES = tests/store/test_power.c $(store_test_replay)
tests_store_test_power_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_power_CFLAGS = $(TEST_CFLAGS)
tests_store_test_power_LDADD = $(STORE_TEST_LIBS)
tests_store_test_backup_SOURCES = tests/store/test_backup.c tests/store/fixture.c tests/store/fixture.h
tests_store_test_backup_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_backup_CFLAGS = $(TEST_CFLAGS)
tests_store_test_backup_LDADD = $(STORE_TEST_LIBS)
# An empty store for each test.
store_test_suite = tests/store/suite.h tests/store/fixture.c tests/store/fixture.h

tests_store_test_dates_SOURCES = tests/store/test_dates.c $(store_test_suite)
tests_store_test_dates_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_dates_CFLAGS = $(TEST_CFLAGS)
tests_store_test_dates_LDADD = $(STORE_TEST_LIBS)
# The cache and the keeper are what the test says.
tests_store_test_deletion_SOURCES = tests/store/test_deletion.c tests/store/fixture.c tests/store/fixture.h
tests_store_test_deletion_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_deletion_CFLAGS = $(TEST_CFLAGS)
tests_store_test_deletion_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=cache_purge -Wl,--wrap=keeper_wake
tests_store_test_deletion_LDADD = $(STORE_TEST_LIBS) $(CURL_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)
tests_store_test_store_SOURCES = tests/store/test_store.c $(store_test_suite)
tests_store_test_store_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_store_CFLAGS = $(TEST_CFLAGS)
tests_store_test_store_LDADD = $(STORE_TEST_LIBS)
tests_store_test_owed_SOURCES = tests/store/test_owed.c $(store_test_suite)
tests_store_test_owed_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_owed_CFLAGS = $(TEST_CFLAGS)
tests_store_test_owed_LDADD = $(STORE_TEST_LIBS)
tests_store_test_sweep_SOURCES = tests/store/test_sweep.c $(store_test_suite)
tests_store_test_sweep_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_sweep_CFLAGS = $(TEST_CFLAGS)
tests_store_test_sweep_LDADD = $(STORE_TEST_LIBS)
tests_store_test_versions_SOURCES = tests/store/test_versions.c $(store_test_suite)
tests_store_test_versions_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_versions_CFLAGS = $(TEST_CFLAGS)
tests_store_test_versions_LDADD = $(STORE_TEST_LIBS)
tests_store_test_storm_SOURCES = tests/store/test_storm.c $(store_test_replay)
tests_store_test_storm_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_storm_CFLAGS = $(TEST_CFLAGS)
tests_store_test_storm_LDADD = $(STORE_TEST_LIBS)
tests_store_test_together_SOURCES = tests/store/test_together.c tests/store/fixture.c tests/store/fixture.h
tests_store_test_together_CPPFLAGS = $(TEST_CPPFLAGS)
tests_store_test_together_CFLAGS = $(TEST_CFLAGS)
tests_store_test_together_LDADD = $(STORE_TEST_LIBS)
endif
