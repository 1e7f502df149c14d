# SPDX-License-Identifier: MIT
#
# The tests of what an installation shows of itself: the status page, the metrics,
# and what contrib/ makes of them. Included by the top Makefile.am after
# tests/unit/module.mk.
if HAVE_TESTS
status_tests = \
	tests/unit/test_metrics \
	tests/unit/test_monitoring \
	tests/unit/test_status_page \
	tests/unit/test_writer

check_PROGRAMS += $(status_tests)
TESTS += $(status_tests)

observed_sources = \
	tests/unit/observation_fixture.c tests/unit/observation_fixture.h \
	tests/unit/well_formed.c tests/unit/well_formed.h
exposed_sources = \
	$(observed_sources) \
	tests/unit/exposition.c tests/unit/exposition.h tests/unit/promtool.h

tests_unit_test_metrics_SOURCES = tests/unit/test_metrics.c $(exposed_sources)
tests_unit_test_metrics_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_metrics_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_metrics_LDADD = libvisage.a $(CRITERION_LIBS)
tests_unit_test_monitoring_SOURCES = tests/unit/test_monitoring.c $(exposed_sources)
tests_unit_test_monitoring_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_monitoring_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_monitoring_LDADD = libvisage.a $(CRITERION_LIBS)
tests_unit_test_status_page_SOURCES = tests/unit/test_status_page.c $(observed_sources)
tests_unit_test_status_page_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_status_page_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_status_page_LDADD = libvisage.a $(CRITERION_LIBS)
tests_unit_test_writer_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_writer_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_writer_LDADD = libvisage.a $(CRITERION_LIBS)

# For eyes: a page or numbers of a made-up day.
check_PROGRAMS += tests/unit/status-sample
tests_unit_status_sample_SOURCES = tests/unit/status_sample.c \
	tests/unit/observation_fixture.c tests/unit/observation_fixture.h
tests_unit_status_sample_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_status_sample_CFLAGS = $(AM_CFLAGS)
tests_unit_status_sample_LDADD = libvisage.a
endif
