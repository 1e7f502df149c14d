# SPDX-License-Identifier: MIT
#
# Clients of others against a worker, where Node and their packages are installed.
EXTRA_DIST += \
	tests/clients/atproto/atproto.mjs \
	tests/clients/atproto/package-lock.json \
	tests/clients/atproto/package.json \
	tests/clients/camo.mjs \
	tests/clients/check.mjs \
	tests/clients/cids.mjs \
	tests/clients/counterpart.mjs \
	tests/clients/gravatar.mjs \
	tests/clients/imgproxy.mjs \
	tests/clients/install.sh \
	tests/clients/package-lock.json \
	tests/clients/package.json

if HAVE_TESTS
check_PROGRAMS += tests/clients/test_clients
TESTS += tests/clients/test_clients
tests_clients_test_clients_CPPFLAGS = $(TEST_CPPFLAGS)
tests_clients_test_clients_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_clients_test_clients_LDADD = $(RIG_LIBS)
endif
