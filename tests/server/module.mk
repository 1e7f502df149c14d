# SPDX-License-Identifier: MIT
#
# Tests through real web servers, a program for each topic, made from the file of
# its own name.
if HAVE_TESTS
server_tests = \
	tests/server/test_admin \
	tests/server/test_admin_pages \
	tests/server/test_atproto \
	tests/server/test_bad_days \
	tests/server/test_bad_input \
	tests/server/test_bucket \
	tests/server/test_bucket_compare \
	tests/server/test_bucket_faults \
	tests/server/test_busy \
	tests/server/test_cache_bound \
	tests/server/test_camo \
	tests/server/test_contracts \
	tests/server/test_cors \
	tests/server/test_disk_full \
	tests/server/test_error_body \
	tests/server/test_fallback \
	tests/server/test_federation \
	tests/server/test_freshness \
	tests/server/test_gravatar \
	tests/server/test_imgproxy \
	tests/server/test_info \
	tests/server/test_keeper \
	tests/server/test_kill \
	tests/server/test_negative \
	tests/server/test_one_download \
	tests/server/test_origin_faults \
	tests/server/test_pictures \
	tests/server/test_power_lost \
	tests/server/test_published \
	tests/server/test_purge \
	tests/server/test_rate_limit \
	tests/server/test_reload \
	tests/server/test_renderer_faults \
	tests/server/test_replaced \
	tests/server/test_request_log \
	tests/server/test_restart \
	tests/server/test_revalidation \
	tests/server/test_rewrite \
	tests/server/test_rewrite_refused \
	tests/server/test_servers \
	tests/server/test_signed \
	tests/server/test_stale \
	tests/server/test_startup \
	tests/server/test_store_trouble \
	tests/server/test_storm \
	tests/server/test_upload \
	tests/server/test_upload_conditions \
	tests/server/test_upload_dates \
	tests/server/test_upload_full \
	tests/server/test_upload_memory \
	tests/server/test_upload_redrawn \
	tests/server/test_upload_refused \
	tests/server/test_upload_storm \
	tests/server/test_uploader \
	tests/server/test_uploads_seen \
	tests/server/test_versions \
	tests/server/test_versions_access \
	tests/server/test_versions_json

check_PROGRAMS += $(server_tests)
TESTS += $(server_tests)
SERVER_TEST_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)

tests_server_test_admin_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_admin_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_admin_LDADD = $(RIG_LIBS)
tests_server_test_admin_pages_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_admin_pages_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_admin_pages_LDADD = $(RIG_LIBS)
tests_server_test_atproto_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_atproto_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_atproto_LDADD = $(RIG_LIBS)
tests_server_test_bad_days_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_bad_days_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_bad_days_LDADD = $(RIG_LIBS)
tests_server_test_bad_input_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_bad_input_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_bad_input_LDADD = $(RIG_LIBS)
tests_server_test_bucket_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_bucket_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_bucket_LDADD = $(RIG_LIBS)
tests_server_test_bucket_compare_SOURCES = \
	tests/server/test_bucket_compare.c tests/server/bucket_script.h
tests_server_test_bucket_faults_SOURCES = \
	tests/server/test_bucket_faults.c tests/server/bucket_script.h
tests_server_test_bucket_compare_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_bucket_compare_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_bucket_compare_LDADD = $(RIG_LIBS)
tests_server_test_bucket_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_bucket_faults_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_bucket_faults_LDADD = tests/ctl/libctl.a $(RIG_LIBS)
tests_server_test_busy_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_busy_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_busy_LDADD = $(RIG_LIBS)
tests_server_test_cache_bound_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_cache_bound_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_cache_bound_LDADD = $(RIG_LIBS)
tests_server_test_camo_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_camo_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_camo_LDADD = $(RIG_LIBS)
tests_server_test_contracts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_contracts_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_contracts_LDADD = $(RIG_LIBS)
tests_server_test_cors_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_cors_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_cors_LDADD = $(RIG_LIBS)
tests_server_test_disk_full_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_disk_full_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_disk_full_LDADD = $(RIG_LIBS)
tests_server_test_error_body_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_error_body_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_error_body_LDADD = $(RIG_LIBS)
tests_server_test_fallback_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_fallback_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_fallback_LDADD = $(RIG_LIBS)
tests_server_test_federation_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_federation_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_federation_LDADD = $(RIG_LIBS)
tests_server_test_freshness_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_freshness_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_freshness_LDADD = $(RIG_LIBS)
tests_server_test_gravatar_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_gravatar_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_gravatar_LDADD = $(RIG_LIBS)
tests_server_test_imgproxy_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_imgproxy_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_imgproxy_LDADD = $(RIG_LIBS)
tests_server_test_info_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_info_CFLAGS = $(SERVER_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_server_test_info_LDADD = $(RIG_LIBS)
tests_server_test_keeper_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_keeper_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_keeper_LDADD = $(RIG_LIBS)
tests_server_test_kill_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_kill_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_kill_LDADD = $(RIG_LIBS)
tests_server_test_negative_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_negative_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_negative_LDADD = $(RIG_LIBS)
tests_server_test_one_download_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_one_download_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_one_download_LDADD = $(RIG_LIBS)
tests_server_test_origin_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_origin_faults_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_origin_faults_LDADD = $(RIG_LIBS)
tests_server_test_pictures_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_pictures_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_pictures_LDADD = $(RIG_LIBS)
tests_server_test_power_lost_SOURCES = tests/server/test_power_lost.c \
	tests/server/upload_fixture.h
tests_server_test_power_lost_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_power_lost_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_power_lost_LDADD = tests/ctl/libctl.a $(UPLOAD_TEST_LIBS)
tests_server_test_published_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_published_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_published_LDADD = $(RIG_LIBS)
tests_server_test_purge_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_purge_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_purge_LDADD = $(RIG_LIBS)
tests_server_test_rate_limit_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_rate_limit_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_rate_limit_LDADD = $(RIG_LIBS)
tests_server_test_reload_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_reload_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_reload_LDADD = $(RIG_LIBS)
tests_server_test_renderer_faults_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_renderer_faults_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_renderer_faults_LDADD = $(RIG_LIBS)
# With the pictures that the renderer's tests draw.
UPLOAD_TEST_LIBS = $(RIG_LIBS) tests/render/libpictures.a libvisage.a $(RENDER_LIBS)
tests_server_test_replaced_SOURCES = tests/server/test_replaced.c tests/server/upload_fixture.h
tests_server_test_replaced_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_replaced_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_replaced_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_request_log_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_request_log_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_request_log_LDADD = $(RIG_LIBS)
tests_server_test_restart_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_restart_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_restart_LDADD = $(RIG_LIBS)
tests_server_test_revalidation_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_revalidation_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_revalidation_LDADD = $(RIG_LIBS)
tests_server_test_rewrite_SOURCES = tests/server/test_rewrite.c tests/server/rewrite_fixture.h
tests_server_test_rewrite_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_rewrite_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_rewrite_LDADD = $(RIG_LIBS)
tests_server_test_rewrite_refused_SOURCES = \
	tests/server/test_rewrite_refused.c tests/server/rewrite_fixture.h
tests_server_test_rewrite_refused_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_rewrite_refused_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_rewrite_refused_LDADD = $(RIG_LIBS)
tests_server_test_servers_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_servers_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_servers_LDADD = $(RIG_LIBS)
tests_server_test_signed_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_signed_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_signed_LDADD = $(RIG_LIBS)
tests_server_test_stale_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_stale_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_stale_LDADD = $(RIG_LIBS)
tests_server_test_startup_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_startup_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_startup_LDADD = $(RIG_LIBS)
tests_server_test_storm_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_storm_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_storm_LDADD = $(RIG_LIBS)
tests_server_test_store_trouble_SOURCES = tests/server/test_store_trouble.c \
	tests/server/upload_fixture.h
tests_server_test_store_trouble_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_store_trouble_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_store_trouble_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_SOURCES = tests/server/test_upload.c tests/server/upload_fixture.h
tests_server_test_upload_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_conditions_SOURCES = \
	tests/server/test_upload_conditions.c tests/server/upload_fixture.h
tests_server_test_upload_conditions_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_conditions_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_conditions_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_dates_SOURCES = \
	tests/server/test_upload_dates.c tests/server/upload_fixture.h
tests_server_test_upload_dates_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_dates_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_dates_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_full_SOURCES = \
	tests/server/test_upload_full.c tests/server/upload_fixture.h
tests_server_test_upload_full_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_full_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_full_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_memory_SOURCES = tests/server/test_upload_memory.c \
	tests/server/upload_fixture.h
tests_server_test_upload_memory_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_memory_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_memory_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_redrawn_SOURCES = \
	tests/server/test_upload_redrawn.c tests/server/upload_fixture.h
tests_server_test_upload_redrawn_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_redrawn_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_redrawn_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_refused_SOURCES = \
	tests/server/test_upload_refused.c tests/server/upload_fixture.h
tests_server_test_upload_refused_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_refused_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_refused_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_upload_storm_SOURCES = tests/server/test_upload_storm.c \
	tests/server/upload_writers.c tests/server/upload_writers.h
tests_server_test_upload_storm_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_upload_storm_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_upload_storm_LDADD = $(RIG_LIBS)
tests_server_test_uploader_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_uploader_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_uploader_LDADD = $(RIG_LIBS)
tests_server_test_uploads_seen_SOURCES = tests/server/test_uploads_seen.c tests/server/upload_fixture.h
tests_server_test_uploads_seen_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_uploads_seen_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_uploads_seen_LDADD = $(UPLOAD_TEST_LIBS)
tests_server_test_versions_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_versions_CFLAGS = $(SERVER_TEST_CFLAGS)
tests_server_test_versions_LDADD = $(RIG_LIBS)
tests_server_test_versions_access_SOURCES = \
	tests/server/test_versions_access.c tests/server/versions_fixture.h
tests_server_test_versions_access_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_versions_access_CFLAGS = $(SERVER_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_server_test_versions_access_LDADD = $(RIG_LIBS)
tests_server_test_versions_json_SOURCES = \
	tests/server/test_versions_json.c tests/server/versions_fixture.h
tests_server_test_versions_json_CPPFLAGS = $(TEST_CPPFLAGS)
tests_server_test_versions_json_CFLAGS = $(SERVER_TEST_CFLAGS) $(JANSSON_CFLAGS)
tests_server_test_versions_json_LDADD = $(RIG_LIBS)
endif
