# SPDX-License-Identifier: MIT
#
# Parts of the worker, without a web server. visage.fcgi is no library: what is tested
# is compiled in.
if HAVE_TESTS
worker_tests = \
	tests/worker/test_fastcgi \
	tests/worker/test_signals

check_PROGRAMS += $(worker_tests)
TESTS += $(worker_tests)

tests_worker_test_fastcgi_SOURCES = tests/worker/test_fastcgi.c \
	src/worker/fastcgi.c src/worker/signals.c
tests_worker_test_fastcgi_CPPFLAGS = $(TEST_CPPFLAGS)
tests_worker_test_fastcgi_CFLAGS = $(TEST_CFLAGS)
tests_worker_test_fastcgi_LDADD = libvisage.a $(CRITERION_LIBS) $(FCGI_LIBS)
tests_worker_test_signals_SOURCES = tests/worker/test_signals.c src/worker/signals.c
tests_worker_test_signals_CPPFLAGS = $(TEST_CPPFLAGS)
tests_worker_test_signals_CFLAGS = $(TEST_CFLAGS)
tests_worker_test_signals_LDADD = $(CRITERION_LIBS)
endif
