# SPDX-License-Identifier: MIT
#
# `make fuzz` after `configure --enable-fuzzers CC=clang`: a harness for each parser,
# made from the file of its own name. To add one: its name in the list, its lines
# below, and tests/fuzz/seeds/NAME, which has an input on each line.
EXTRA_DIST += \
	tests/fuzz/run.sh \
	tests/fuzz/seeds/accept \
	tests/fuzz/seeds/accept.dict \
	tests/fuzz/seeds/answer \
	tests/fuzz/seeds/canonical \
	tests/fuzz/seeds/canonical.dict \
	tests/fuzz/seeds/conditional \
	tests/fuzz/seeds/conditional.dict \
	tests/fuzz/seeds/config \
	tests/fuzz/seeds/config.dict \
	tests/fuzz/seeds/credentials \
	tests/fuzz/seeds/credentials.dict \
	tests/fuzz/seeds/csv \
	tests/fuzz/seeds/csv.dict \
	tests/fuzz/seeds/date \
	tests/fuzz/seeds/date.dict \
	tests/fuzz/seeds/did \
	tests/fuzz/seeds/did.dict \
	tests/fuzz/seeds/dns \
	tests/fuzz/seeds/encodings \
	tests/fuzz/seeds/entry \
	tests/fuzz/seeds/form \
	tests/fuzz/seeds/form.dict \
	tests/fuzz/seeds/freshness \
	tests/fuzz/seeds/freshness.dict \
	tests/fuzz/seeds/grant \
	tests/fuzz/seeds/grant.dict \
	tests/fuzz/seeds/initials \
	tests/fuzz/seeds/multipart \
	tests/fuzz/seeds/multipart.dict \
	tests/fuzz/seeds/json_edit \
	tests/fuzz/seeds/json_edit.dict \
	tests/fuzz/seeds/json_wanted \
	tests/fuzz/seeds/json_wanted.dict \
	tests/fuzz/seeds/network \
	tests/fuzz/seeds/object_list tests/fuzz/seeds/object_list.dict \
	tests/fuzz/seeds/percent \
	tests/fuzz/seeds/picture \
	tests/fuzz/seeds/picture.dict \
	tests/fuzz/seeds/range \
	tests/fuzz/seeds/route \
	tests/fuzz/seeds/route.dict \
	tests/fuzz/seeds/sign \
	tests/fuzz/seeds/sign.dict \
	tests/fuzz/seeds/target \
	tests/fuzz/seeds/template_id \
	tests/fuzz/seeds/target.dict \
	tests/fuzz/seeds/url

if ENABLE_FUZZERS
fuzz_harnesses = \
	tests/fuzz/fuzz_accept \
	tests/fuzz/fuzz_answer \
	tests/fuzz/fuzz_canonical \
	tests/fuzz/fuzz_conditional \
	tests/fuzz/fuzz_config \
	tests/fuzz/fuzz_credentials \
	tests/fuzz/fuzz_csv \
	tests/fuzz/fuzz_date \
	tests/fuzz/fuzz_did \
	tests/fuzz/fuzz_dns \
	tests/fuzz/fuzz_encodings \
	tests/fuzz/fuzz_entry \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_freshness \
	tests/fuzz/fuzz_grant \
	tests/fuzz/fuzz_initials \
	tests/fuzz/fuzz_multipart \
	tests/fuzz/fuzz_json_edit \
	tests/fuzz/fuzz_json_wanted \
	tests/fuzz/fuzz_network \
	tests/fuzz/fuzz_object_list \
	tests/fuzz/fuzz_percent \
	tests/fuzz/fuzz_picture \
	tests/fuzz/fuzz_range \
	tests/fuzz/fuzz_route \
	tests/fuzz/fuzz_sign \
	tests/fuzz/fuzz_target \
	tests/fuzz/fuzz_template_id \
	tests/fuzz/fuzz_url

EXTRA_PROGRAMS += $(fuzz_harnesses)
CLEANFILES += $(fuzz_harnesses)

noinst_LIBRARIES += tests/fuzz/libfuzz.a
tests_fuzz_libfuzz_a_SOURCES = tests/fuzz/config_text.h tests/fuzz/fuzz.c tests/fuzz/fuzz.h
tests_fuzz_libfuzz_a_CPPFLAGS = $(TEST_CPPFLAGS)

FUZZ_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
FUZZ_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZ_LIBS = tests/fuzz/libfuzz.a libvisage.a $(CURL_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)

tests_fuzz_fuzz_accept_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_accept_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_accept_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_accept_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_answer_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_answer_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_answer_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_answer_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_canonical_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_canonical_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_canonical_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_canonical_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_conditional_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_conditional_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_conditional_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_conditional_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_config_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_config_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_config_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_config_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_credentials_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_credentials_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_credentials_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_credentials_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_csv_SOURCES = tests/fuzz/fuzz_csv.c src/ctl/csv.c src/ctl/csv.h
tests_fuzz_fuzz_csv_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_csv_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_csv_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_csv_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_date_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_date_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_date_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_date_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_dns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_dns_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_dns_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_dns_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_encodings_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_encodings_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_encodings_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_encodings_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_entry_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_entry_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_entry_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_entry_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_form_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_form_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_form_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_form_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_freshness_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_freshness_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_freshness_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_freshness_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_grant_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_grant_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_grant_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_grant_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_initials_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_initials_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_initials_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_initials_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_multipart_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_multipart_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_multipart_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_multipart_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_json_edit_SOURCES = tests/fuzz/fuzz_json_edit.c tests/unit/jansson_oracle.h
tests_fuzz_fuzz_json_edit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_json_edit_CFLAGS = $(FUZZ_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_json_edit_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_json_edit_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_json_wanted_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_json_wanted_CFLAGS = $(FUZZ_CFLAGS) $(JANSSON_CFLAGS)
tests_fuzz_fuzz_json_wanted_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_json_wanted_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_network_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_network_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_network_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_network_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_object_list_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_object_list_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_object_list_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_object_list_LDADD = $(FUZZ_LIBS) $(EXPAT_LIBS)
tests_fuzz_fuzz_percent_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_percent_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_percent_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_percent_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_picture_SOURCES = tests/fuzz/fuzz_picture.c src/image/renderer/scan.c
tests_fuzz_fuzz_picture_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_picture_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_picture_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_picture_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_range_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_range_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_range_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_range_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_route_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_route_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_route_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_route_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_sign_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_sign_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_sign_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_sign_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_target_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_target_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_target_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_target_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_did_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_did_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_did_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_did_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_template_id_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_template_id_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_template_id_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_template_id_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_url_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_fuzz_url_CFLAGS = $(FUZZ_CFLAGS)
tests_fuzz_fuzz_url_LDFLAGS = $(FUZZ_LDFLAGS)
tests_fuzz_fuzz_url_LDADD = $(FUZZ_LIBS)

.PHONY: fuzz fuzz-build
fuzz-build: $(fuzz_harnesses)
fuzz: fuzz-build
	VISAGE_BUILD_DIR='$(abs_top_builddir)' VISAGE_SOURCE_DIR='$(abs_top_srcdir)' \
		$(SHELL) $(top_srcdir)/tests/fuzz/run.sh $(fuzz_harnesses:%=$(abs_top_builddir)/%)
else
EXTRA_DIST += \
	tests/fuzz/config_text.h \
	tests/fuzz/fuzz.c \
	tests/fuzz/fuzz.h
endif
