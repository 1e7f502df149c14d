# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/serve/accept.c src/serve/accept.h \
	src/serve/admin.c src/serve/admin.h \
	src/serve/admit.c src/serve/admit.h \
	src/serve/ask.c src/serve/ask.h \
	src/serve/bucket.c src/serve/bucket.h \
	src/serve/bucket_care.c src/serve/bucket_care.h \
	src/serve/bucket_list.c src/serve/bucket_list.h \
	src/serve/change.c src/serve/change.h \
	src/serve/busy.c src/serve/busy.h \
	src/serve/chain.c src/serve/chain.h \
	src/serve/cors.c src/serve/cors.h \
	src/serve/dialect_status.c src/serve/dialect_status.h \
	src/serve/download.c src/serve/download.h \
	src/serve/drawn.c src/serve/drawn.h \
	src/serve/etag.c src/serve/etag.h \
	src/serve/erase.c src/serve/erase.h \
	src/serve/failure.c src/serve/failure.h \
	src/serve/fallback.c src/serve/fallback.h \
	src/serve/federation.c src/serve/federation.h \
	src/serve/health.c src/serve/health.h \
	src/serve/human.c src/serve/human.h \
	src/serve/info.c src/serve/info.h \
	src/serve/job.c src/serve/job.h \
	src/serve/json_body.c src/serve/json_body.h \
	src/serve/json_rewrite.c src/serve/json_rewrite.h \
	src/serve/json_versions.c src/serve/json_versions.h \
	src/serve/json_wanted.c src/serve/json_wanted.h \
	src/serve/keeper_list.c src/serve/keeper_list.h \
	src/serve/locate.c src/serve/locate.h \
	src/serve/make.c src/serve/make.h \
	src/serve/metrics.c src/serve/metrics.h \
	src/serve/metrics_counters.c src/serve/metrics_counters.h \
	src/serve/metrics_json.c \
	src/serve/miss.c src/serve/miss.h \
	src/serve/observe.c src/serve/observation.h \
	src/serve/original.c src/serve/original.h \
	src/serve/original_put.c src/serve/original_put.h \
	src/serve/outdated.c src/serve/outdated.h \
	src/serve/pass.c src/serve/pass.h \
	src/serve/picture_urls.c src/serve/picture_urls.h \
	src/serve/publish.c src/serve/publish.h \
	src/serve/purge.c src/serve/purge.h \
	src/serve/refresh.c src/serve/refresh.h \
	src/serve/reply.c src/serve/reply.h \
	src/serve/reply_document.c \
	src/serve/reply_error.c src/serve/reply_parts.h \
	src/serve/resolve.c src/serve/resolve.h \
	src/serve/serve.c src/serve/serve.h \
	src/serve/server.c src/serve/server.h \
	src/serve/status_charts.c \
	src/serve/status_numbers.c \
	src/serve/status_overview.c \
	src/serve/status_page.c src/serve/status_page.h src/serve/status_parts.h \
	src/serve/status_plot.c src/serve/status_plot.h \
	src/serve/status_style.c \
	src/serve/status_svg.c src/serve/status_svg.h \
	src/serve/status_tables.c \
	src/serve/rest.c src/serve/rest.h \
	src/serve/rest_body.c src/serve/rest_body.h \
	src/serve/store_care.c src/serve/store_care.h \
	src/serve/stored.c src/serve/stored.h \
	src/serve/summary.c src/serve/summary.h \
	src/serve/times.c src/serve/times.h \
	src/serve/turn.c src/serve/turn.h \
	src/serve/upload.c src/serve/upload.h \
	src/serve/uploader.c src/serve/uploader.h \
	src/serve/variant.c src/serve/variant.h \
	src/serve/version.c src/serve/version.h \
	src/serve/wake.c src/serve/wake.h \
	src/serve/writer.c src/serve/writer.h
