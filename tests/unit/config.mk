# SPDX-License-Identifier: MIT
#
# The tests of the configuration and of the command-line tool. Included by the
# top Makefile.am after tests/unit/module.mk.
if HAVE_TESTS
config_tests = \
	tests/unit/test_config \
	tests/unit/test_config_bad \
	tests/unit/test_ctl_check \
	tests/unit/test_fuzz_seeds

check_PROGRAMS += $(config_tests)
TESTS += $(config_tests)

tests_unit_test_config_SOURCES = tests/unit/test_config.c tests/unit/config_file.h
tests_unit_test_config_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_config_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_config_LDADD = libvisage.a $(CRITERION_LIBS) $(CONFUSE_LIBS)
tests_unit_test_config_bad_SOURCES = tests/unit/test_config_bad.c tests/unit/config_file.h
tests_unit_test_config_bad_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_config_bad_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_config_bad_LDADD = libvisage.a $(CRITERION_LIBS) $(CONFUSE_LIBS)
tests_unit_test_ctl_check_SOURCES = tests/unit/test_ctl_check.c tests/unit/config_file.h
tests_unit_test_ctl_check_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_ctl_check_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_ctl_check_LDADD = libvisage.a $(CRITERION_LIBS) $(CONFUSE_LIBS)
tests_unit_test_fuzz_seeds_SOURCES = tests/unit/test_fuzz_seeds.c tests/unit/config_file.h
tests_unit_test_fuzz_seeds_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_fuzz_seeds_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_fuzz_seeds_LDADD = libvisage.a $(CRITERION_LIBS) $(CONFUSE_LIBS)
endif
