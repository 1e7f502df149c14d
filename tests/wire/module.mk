# SPDX-License-Identifier: MIT
#
# Exact bytes, as the origin and the client see them: scripts for varnishtest, each
# of them one test. run.sh says what they find, and skips them without varnishtest.
TEST_EXTENSIONS = .vtc
VTC_LOG_DRIVER = $(LOG_DRIVER)
VTC_LOG_COMPILER = $(SHELL) $(top_srcdir)/tests/wire/run.sh
AM_VTC_LOG_DRIVER_FLAGS = --comments

wire_tests = \
	tests/wire/age.vtc \
	tests/wire/bodies.vtc \
	tests/wire/cache_control.vtc \
	tests/wire/cache_status.vtc \
	tests/wire/credentials.vtc \
	tests/wire/errors.vtc \
	tests/wire/hostile_body.vtc \
	tests/wire/hostile_head.vtc \
	tests/wire/not_modified.vtc \
	tests/wire/not_modified_unasked.vtc \
	tests/wire/picture.vtc \
	tests/wire/ranges.vtc \
	tests/wire/rate_limit.vtc \
	tests/wire/request.vtc \
	tests/wire/revalidate.vtc \
	tests/wire/split.vtc \
	tests/wire/vary.vtc

TESTS += $(wire_tests)
EXTRA_DIST += $(wire_tests) \
	tests/wire/learn.vtc \
	tests/wire/run.sh \
	tests/wire/serve.sh \
	tests/wire/wire.awk
