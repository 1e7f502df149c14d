# SPDX-License-Identifier: MIT
#
# The signers in contrib/ against `visage url` and `visage grant`, by a table each.
# Languages that are not installed are skipped.
EXTRA_DIST += \
	tests/signers/ask.mjs \
	tests/signers/ask.php \
	tests/signers/ask.py \
	tests/signers/grants.json \
	tests/signers/table.json

if HAVE_TESTS
check_PROGRAMS += tests/signers/test_signers
TESTS += tests/signers/test_signers
tests_signers_test_signers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_signers_test_signers_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_signers_test_signers_LDADD = $(RIG_LIBS)
endif
