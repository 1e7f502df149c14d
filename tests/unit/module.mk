# SPDX-License-Identifier: MIT
#
# A program for each test file, made from the file of its own name. To add one:
# a line in the list, and its two lines below.
EXTRA_DIST += tests/unit/run-tap.sh

if HAVE_TESTS
UNIT_LIBS = libvisage.a $(CRITERION_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)

unit_tests = \
	tests/unit/test_accept \
	tests/unit/test_backoff \
	tests/unit/test_base32 \
	tests/unit/test_base64 \
	tests/unit/test_breaker \
	tests/unit/test_buffer \
	tests/unit/test_canonical_effects \
	tests/unit/test_camo \
	tests/unit/test_cause \
	tests/unit/test_cid \
	tests/unit/test_conditional \
	tests/unit/test_credentials \
	tests/unit/test_csv \
	tests/unit/test_date \
	tests/unit/test_did \
	tests/unit/test_dialect_status \
	tests/unit/test_digest \
	tests/unit/test_form \
	tests/unit/test_freshness \
	tests/unit/test_generator \
	tests/unit/test_grant \
	tests/unit/test_gravatar \
	tests/unit/test_hmac \
	tests/unit/test_initials \
	tests/unit/test_imgproxy \
	tests/unit/test_imgproxy_keys \
	tests/unit/test_imgproxy_options \
	tests/unit/test_json_edit \
	tests/unit/test_json_generated \
	tests/unit/test_json_grammar \
	tests/unit/test_json_string \
	tests/unit/test_json_wanted \
	tests/unit/test_template_id \
	tests/unit/test_web_path \
	tests/unit/test_log \
	tests/unit/test_multipart \
	tests/unit/test_multipart_head \
	tests/unit/test_network \
	tests/unit/test_object \
	tests/unit/test_object_list \
	tests/unit/test_parameter \
	tests/unit/test_percent \
	tests/unit/test_picture \
	tests/unit/test_progress \
	tests/unit/test_publishable \
	tests/unit/test_range \
	tests/unit/test_request_parse \
	tests/unit/test_rest \
	tests/unit/test_route \
	tests/unit/test_route_atproto \
	tests/unit/test_route_refused \
	tests/unit/test_sign \
	tests/unit/test_sign_keys \
	tests/unit/test_siphash \
	tests/unit/test_url \
	tests/unit/test_utf8

check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)

tests_unit_test_accept_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_accept_LDADD = $(UNIT_LIBS)
tests_unit_test_backoff_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_backoff_LDADD = $(UNIT_LIBS)
tests_unit_test_generator_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_generator_LDADD = $(UNIT_LIBS)
tests_unit_test_grant_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_grant_LDADD = $(UNIT_LIBS)
tests_unit_test_hmac_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_hmac_LDADD = $(UNIT_LIBS)
tests_unit_test_base32_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_base32_LDADD = $(UNIT_LIBS)
tests_unit_test_base64_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_base64_LDADD = $(UNIT_LIBS)
tests_unit_test_progress_SOURCES = tests/unit/test_progress.c src/ctl/progress.c src/ctl/progress.h \
	src/ctl/terminal.c src/ctl/words.c
tests_unit_test_progress_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_progress_LDADD = $(UNIT_LIBS)
tests_unit_test_csv_SOURCES = tests/unit/test_csv.c src/ctl/csv.c src/ctl/csv.h
tests_unit_test_csv_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_csv_LDADD = $(UNIT_LIBS)
tests_unit_test_breaker_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_breaker_LDADD = $(UNIT_LIBS)
tests_unit_test_buffer_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_buffer_LDADD = $(UNIT_LIBS)
tests_unit_test_canonical_effects_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_canonical_effects_LDADD = $(UNIT_LIBS)
tests_unit_test_camo_SOURCES = tests/unit/test_camo.c tests/unit/route_fixture.h
tests_unit_test_camo_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_camo_LDADD = $(UNIT_LIBS)
tests_unit_test_cause_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_cause_LDADD = $(UNIT_LIBS)
tests_unit_test_cid_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_cid_LDADD = $(UNIT_LIBS)
tests_unit_test_conditional_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_conditional_LDADD = $(UNIT_LIBS)
tests_unit_test_credentials_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_credentials_LDADD = $(UNIT_LIBS)
tests_unit_test_date_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_date_LDADD = $(UNIT_LIBS)
tests_unit_test_did_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_did_LDADD = $(UNIT_LIBS)
tests_unit_test_dialect_status_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_dialect_status_LDADD = $(UNIT_LIBS)
tests_unit_test_digest_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_digest_LDADD = $(UNIT_LIBS)
tests_unit_test_form_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_form_LDADD = $(UNIT_LIBS)
tests_unit_test_freshness_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_freshness_LDADD = $(UNIT_LIBS)
tests_unit_test_initials_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_initials_LDADD = $(UNIT_LIBS)
tests_unit_test_imgproxy_SOURCES = tests/unit/test_imgproxy.c tests/unit/imgproxy_fixture.h
tests_unit_test_imgproxy_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_imgproxy_LDADD = $(UNIT_LIBS)
tests_unit_test_imgproxy_keys_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_test_imgproxy_keys_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_imgproxy_keys_LDADD = $(UNIT_LIBS)
tests_unit_test_imgproxy_options_SOURCES = tests/unit/test_imgproxy_options.c \
	tests/unit/imgproxy_fixture.h
tests_unit_test_imgproxy_options_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_imgproxy_options_LDADD = $(UNIT_LIBS)
tests_unit_test_json_edit_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_json_edit_LDADD = $(UNIT_LIBS)
tests_unit_test_json_generated_SOURCES = tests/unit/test_json_generated.c \
	tests/unit/jansson_oracle.h
tests_unit_test_json_generated_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_json_generated_LDADD = $(UNIT_LIBS)
tests_unit_test_json_grammar_SOURCES = tests/unit/test_json_grammar.c \
	tests/unit/jansson_oracle.h
tests_unit_test_json_grammar_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_json_grammar_LDADD = $(UNIT_LIBS)
tests_unit_test_json_string_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_json_string_LDADD = $(UNIT_LIBS)
tests_unit_test_json_wanted_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_json_wanted_LDADD = $(UNIT_LIBS)
tests_unit_test_template_id_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_template_id_LDADD = $(UNIT_LIBS) $(CURL_LIBS)
tests_unit_test_web_path_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_web_path_LDADD = $(UNIT_LIBS)
tests_unit_test_log_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_log_LDADD = $(UNIT_LIBS)
tests_unit_test_multipart_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_multipart_LDADD = $(UNIT_LIBS)
tests_unit_test_multipart_head_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_multipart_head_LDADD = $(UNIT_LIBS)
tests_unit_test_network_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_network_LDADD = $(UNIT_LIBS)
tests_unit_test_object_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_object_LDADD = $(UNIT_LIBS)
tests_unit_test_object_list_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_object_list_LDADD = $(UNIT_LIBS) $(EXPAT_LIBS)
tests_unit_test_parameter_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_parameter_LDADD = $(UNIT_LIBS)
tests_unit_test_percent_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_percent_LDADD = $(UNIT_LIBS)
tests_unit_test_picture_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_picture_LDADD = $(UNIT_LIBS)
tests_unit_test_publishable_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_publishable_LDADD = $(UNIT_LIBS)
tests_unit_test_range_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_range_LDADD = $(UNIT_LIBS)
tests_unit_test_request_parse_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_request_parse_LDADD = $(UNIT_LIBS)
tests_unit_test_gravatar_SOURCES = tests/unit/test_gravatar.c tests/unit/route_fixture.h
tests_unit_test_gravatar_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_gravatar_LDADD = $(UNIT_LIBS)
tests_unit_test_rest_SOURCES = tests/unit/test_rest.c tests/unit/route_fixture.h
tests_unit_test_rest_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_rest_LDADD = $(UNIT_LIBS) $(CURL_LIBS) $(LMDB_LIBS)
tests_unit_test_route_SOURCES = tests/unit/test_route.c tests/unit/route_fixture.h
tests_unit_test_route_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_route_LDADD = $(UNIT_LIBS)
tests_unit_test_route_atproto_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_route_atproto_LDADD = $(UNIT_LIBS)
tests_unit_test_route_refused_SOURCES = tests/unit/test_route_refused.c tests/unit/route_fixture.h
tests_unit_test_route_refused_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_route_refused_LDADD = $(UNIT_LIBS)
tests_unit_test_sign_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_sign_LDADD = $(UNIT_LIBS)
tests_unit_test_sign_keys_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_sign_keys_LDADD = $(UNIT_LIBS)
tests_unit_test_siphash_CFLAGS = $(TEST_CFLAGS) $(CRYPTO_CFLAGS)
tests_unit_test_siphash_LDADD = $(UNIT_LIBS)
tests_unit_test_url_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_url_LDADD = $(UNIT_LIBS)
tests_unit_test_utf8_CFLAGS = $(TEST_CFLAGS)
tests_unit_test_utf8_LDADD = $(UNIT_LIBS)
endif
