# SPDX-License-Identifier: MIT
#
# The command-line tool on whole installations, a program for each command, made
# from the file of its own name.
if HAVE_TESTS
check_LIBRARIES += tests/ctl/libctl.a
tests_ctl_libctl_a_SOURCES = tests/ctl/command.c tests/ctl/command.h \
	tests/ctl/uploaded.c tests/ctl/uploaded.h
tests_ctl_libctl_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_libctl_a_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)

ctl_tests = \
	tests/ctl/test_ctl_bucket \
	tests/ctl/test_ctl_completion \
	tests/ctl/test_ctl_explain \
	tests/ctl/test_ctl_export \
	tests/ctl/test_ctl_gc \
	tests/ctl/test_ctl_grant \
	tests/ctl/test_ctl_import \
	tests/ctl/test_ctl_import_broken \
	tests/ctl/test_ctl_import_forms \
	tests/ctl/test_ctl_import_tree \
	tests/ctl/test_ctl_manual \
	tests/ctl/test_ctl_postgresql \
	tests/ctl/test_ctl_purge \
	tests/ctl/test_ctl_sheet \
	tests/ctl/test_ctl_stats \
	tests/ctl/test_ctl_store \
	tests/ctl/test_ctl_top \
	tests/ctl/test_ctl_url \
	tests/ctl/test_ctl_verify \
	tests/ctl/test_ctl_warm

check_PROGRAMS += $(ctl_tests)
TESTS += $(ctl_tests)
CTL_TEST_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
CTL_TEST_LIBS = tests/ctl/libctl.a $(RIG_LIBS)

tests_ctl_test_ctl_bucket_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_bucket_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_bucket_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_completion_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_completion_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_completion_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_explain_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_explain_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_explain_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_export_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_export_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_export_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_gc_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_gc_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_gc_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_grant_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_grant_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_grant_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_import_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_import_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_import_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_import_broken_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_import_broken_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_import_broken_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_import_forms_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_import_forms_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_import_forms_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_import_tree_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_import_tree_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_import_tree_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_manual_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_manual_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_manual_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_postgresql_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_postgresql_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_postgresql_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_purge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_purge_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_purge_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_sheet_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_sheet_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_sheet_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_stats_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_stats_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_stats_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_store_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_store_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_store_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_top_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_top_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_top_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_url_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_url_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_url_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_verify_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_verify_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_verify_LDADD = $(CTL_TEST_LIBS)
tests_ctl_test_ctl_warm_CPPFLAGS = $(TEST_CPPFLAGS)
tests_ctl_test_ctl_warm_CFLAGS = $(CTL_TEST_CFLAGS)
tests_ctl_test_ctl_warm_LDADD = $(CTL_TEST_LIBS)
endif
