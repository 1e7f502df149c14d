# SPDX-License-Identifier: MIT
if HAVE_TESTS
CACHE_TESTS = \
	tests/cache/test_blob \
	tests/cache/test_bound \
	tests/cache/test_cache \
	tests/cache/test_entry \
	tests/cache/test_gate \
	tests/cache/test_gate_breaker \
	tests/cache/test_hot \
	tests/cache/test_keep \
	tests/cache/test_kv \
	tests/cache/test_lease \
	tests/cache/test_limiter \
	tests/cache/test_names \
	tests/cache/test_observe \
	tests/cache/test_published \
	tests/cache/test_purge \
	tests/cache/test_queue \
	tests/cache/test_recover \
	tests/cache/test_scoreboard \
	tests/cache/test_sieve \
	tests/cache/test_walk \
	tests/cache/test_workers
check_PROGRAMS += $(CACHE_TESTS)
TESTS += $(CACHE_TESTS)

CACHE_TEST_LIBS = libvisage.a $(CRITERION_LIBS) $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)

# For those that need several workers at once.
cache_test_actors = tests/cache/actor.c tests/cache/actor.h \
	tests/cache/fixture.c tests/cache/fixture.h
cache_test_gate = tests/cache/gate_rig.c tests/cache/gate_rig.h $(cache_test_actors)

tests_cache_test_blob_SOURCES = tests/cache/test_blob.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_blob_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_blob_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_blob_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_bound_SOURCES = tests/cache/test_bound.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_bound_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_bound_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_bound_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_cache_SOURCES = tests/cache/test_cache.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_cache_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_cache_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_cache_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_entry_SOURCES = tests/cache/test_entry.c
tests_cache_test_entry_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_entry_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_entry_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_gate_SOURCES = tests/cache/test_gate.c $(cache_test_gate)
tests_cache_test_gate_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_gate_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_gate_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_gate_breaker_SOURCES = tests/cache/test_gate_breaker.c $(cache_test_gate)
tests_cache_test_gate_breaker_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_gate_breaker_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_gate_breaker_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_hot_SOURCES = tests/cache/test_hot.c
tests_cache_test_hot_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_hot_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_hot_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_keep_SOURCES = tests/cache/test_keep.c $(cache_test_actors)
tests_cache_test_keep_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_keep_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_keep_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_kv_SOURCES = tests/cache/test_kv.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_kv_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_kv_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_kv_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_lease_SOURCES = tests/cache/test_lease.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_lease_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_lease_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_lease_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_limiter_SOURCES = tests/cache/test_limiter.c
tests_cache_test_limiter_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_limiter_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_limiter_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_names_SOURCES = tests/cache/test_names.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_names_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_names_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_names_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_observe_SOURCES = tests/cache/test_observe.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_observe_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_observe_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_observe_LDADD = $(CACHE_TEST_LIBS) $(CURL_LIBS)
tests_cache_test_published_SOURCES = tests/cache/test_published.c $(cache_test_actors)
tests_cache_test_published_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_published_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_published_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_purge_SOURCES = tests/cache/test_purge.c $(cache_test_actors)
tests_cache_test_purge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_purge_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_purge_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_queue_SOURCES = tests/cache/test_queue.c $(cache_test_actors)
tests_cache_test_queue_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_queue_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_queue_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_recover_SOURCES = tests/cache/test_recover.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_recover_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_recover_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_recover_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_scoreboard_SOURCES = tests/cache/test_scoreboard.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_scoreboard_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_scoreboard_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_scoreboard_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_sieve_SOURCES = tests/cache/test_sieve.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_sieve_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_sieve_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_sieve_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_walk_SOURCES = tests/cache/test_walk.c tests/cache/fixture.c tests/cache/fixture.h
tests_cache_test_walk_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_walk_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_walk_LDADD = $(CACHE_TEST_LIBS)
tests_cache_test_workers_SOURCES = tests/cache/test_workers.c $(cache_test_actors)
tests_cache_test_workers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_cache_test_workers_CFLAGS = $(TEST_CFLAGS)
tests_cache_test_workers_LDADD = $(CACHE_TEST_LIBS)
endif
