# SPDX-License-Identifier: MIT
#
# The fault-injecting origin, for all tests and benchmarks that need one, and the
# tests of src/origin against it.
if HAVE_MICROHTTPD
check_LIBRARIES += tests/origin/liborigin.a
tests_origin_liborigin_a_SOURCES = \
	tests/origin/behaviour.c tests/origin/behaviour.h \
	tests/origin/behaviour_fields.c \
	tests/origin/behaviour_raw.c \
	tests/origin/fields.c tests/origin/fields.h \
	tests/origin/jpeg_variant.c \
	tests/origin/ledger.c tests/origin/ledger.h \
	tests/origin/name_server.c tests/origin/name_server.h \
	tests/origin/origin.c tests/origin/origin.h \
	tests/origin/pictures.c tests/origin/pictures.h \
	tests/origin/script.c tests/origin/script.h
tests_origin_liborigin_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_liborigin_a_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS) $(GM_CFLAGS)

check_PROGRAMS += tests/origin/fault-origin
BENCHMARKS += tests/origin/fault-origin$(EXEEXT)
tests_origin_fault_origin_SOURCES = tests/origin/main.c
tests_origin_fault_origin_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_fault_origin_CFLAGS = $(AM_CFLAGS)
tests_origin_fault_origin_LDADD = tests/origin/liborigin.a libvisage.a $(MICROHTTPD_LIBS) $(GM_LIBS) \
	$(CRYPTO_LIBS) -lpthread
endif

if HAVE_TESTS
origin_tests = \
	tests/origin/test_answer \
	tests/origin/test_did_document \
	tests/origin/test_dns \
	tests/origin/test_fetch \
	tests/origin/test_fetch_conditional \
	tests/origin/test_fetch_limits \
	tests/origin/test_fetch_redirect \
	tests/origin/test_fetch_object \
	tests/origin/test_fetch_request \
	tests/origin/test_fetch_tls \
	tests/origin/test_guard \
	tests/origin/test_script \
	tests/origin/test_secret \
	tests/origin/test_source
check_PROGRAMS += $(origin_tests)
TESTS += $(origin_tests)

tests_origin_test_answer_SOURCES = tests/origin/test_answer.c
tests_origin_test_answer_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_answer_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_origin_test_answer_LDADD = libvisage.a $(CRITERION_LIBS) $(CURL_LIBS)

tests_origin_test_did_document_SOURCES = tests/origin/test_did_document.c
tests_origin_test_did_document_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_did_document_CFLAGS = $(TEST_CFLAGS)
tests_origin_test_did_document_LDADD = libvisage.a $(CRITERION_LIBS) $(JANSSON_LIBS)

tests_origin_test_dns_SOURCES = tests/origin/test_dns.c \
	tests/origin/name_server.c tests/origin/name_server.h
tests_origin_test_dns_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_dns_CFLAGS = $(TEST_CFLAGS)
tests_origin_test_dns_LDADD = libvisage.a $(CRITERION_LIBS) $(CURL_LIBS) -lpthread

tests_origin_test_guard_SOURCES = tests/origin/test_guard.c
tests_origin_test_guard_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_guard_CFLAGS = $(TEST_CFLAGS)
tests_origin_test_guard_LDADD = libvisage.a $(CRITERION_LIBS)

tests_origin_test_script_SOURCES = tests/origin/test_script.c
tests_origin_test_script_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_script_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)
tests_origin_test_script_LDADD = tests/origin/liborigin.a libvisage.a $(CRITERION_LIBS) \
	$(MICROHTTPD_LIBS) $(CURL_LIBS) $(GM_LIBS) $(CRYPTO_LIBS) -lpthread

tests_origin_test_secret_SOURCES = tests/origin/test_secret.c
tests_origin_test_secret_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_secret_CFLAGS = $(TEST_CFLAGS)
tests_origin_test_secret_LDADD = libvisage.a $(CRITERION_LIBS) $(CRYPTO_LIBS)

tests_origin_test_source_SOURCES = tests/origin/test_source.c
tests_origin_test_source_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_source_CFLAGS = $(TEST_CFLAGS)
tests_origin_test_source_LDADD = libvisage.a $(CRITERION_LIBS) $(CURL_LIBS) $(CRYPTO_LIBS)

# The fetch tests share what sets up origins, sources and sinks.
fetch_test_sources = tests/origin/fetch_rig.c tests/origin/fetch_rig.h
fetch_test_cflags = $(TEST_CFLAGS) $(CURL_CFLAGS)
fetch_test_libs = tests/origin/liborigin.a libvisage.a $(CRITERION_LIBS) $(MICROHTTPD_LIBS) \
	$(CURL_LIBS) $(GM_LIBS) $(CRYPTO_LIBS) -lpthread

tests_origin_test_fetch_SOURCES = tests/origin/test_fetch.c $(fetch_test_sources)
tests_origin_test_fetch_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_conditional_SOURCES = tests/origin/test_fetch_conditional.c \
	$(fetch_test_sources)
tests_origin_test_fetch_conditional_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_conditional_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_conditional_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_limits_SOURCES = tests/origin/test_fetch_limits.c $(fetch_test_sources)
tests_origin_test_fetch_limits_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_limits_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_limits_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_redirect_SOURCES = tests/origin/test_fetch_redirect.c $(fetch_test_sources)
tests_origin_test_fetch_redirect_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_redirect_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_redirect_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_object_SOURCES = tests/origin/test_fetch_object.c $(fetch_test_sources)
tests_origin_test_fetch_object_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_object_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_object_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_request_SOURCES = tests/origin/test_fetch_request.c $(fetch_test_sources)
tests_origin_test_fetch_request_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_request_CFLAGS = $(fetch_test_cflags)
tests_origin_test_fetch_request_LDADD = $(fetch_test_libs)

tests_origin_test_fetch_tls_SOURCES = tests/origin/test_fetch_tls.c \
	tests/origin/certificate.c tests/origin/certificate.h $(fetch_test_sources)
tests_origin_test_fetch_tls_CPPFLAGS = $(TEST_CPPFLAGS)
tests_origin_test_fetch_tls_CFLAGS = $(fetch_test_cflags) $(CRYPTO_CFLAGS)
tests_origin_test_fetch_tls_LDADD = $(fetch_test_libs)
endif
