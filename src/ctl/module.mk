# SPDX-License-Identifier: MIT
bin_PROGRAMS += visage
visage_SOURCES = \
	src/ctl/backup_place.c src/ctl/backup_place.h \
	src/ctl/check.c src/ctl/check.h \
	src/ctl/check_access.c \
	src/ctl/check_fonts.c \
	src/ctl/check_keys.c \
	src/ctl/check_machine.c \
	src/ctl/check_publish.c \
	src/ctl/check_state.c \
	src/ctl/check_store.c \
	src/ctl/csv.c src/ctl/csv.h \
	src/ctl/ctl.h \
	src/ctl/explain.c src/ctl/explain.h \
	src/ctl/explain_admin.c \
	src/ctl/explain_json.c \
	src/ctl/explain_look.c \
	src/ctl/explain_route.c \
	src/ctl/explain_text.c \
	src/ctl/export.c src/ctl/export.h \
	src/ctl/export_bucket.c \
	src/ctl/export_csv.c \
	src/ctl/export_file.c src/ctl/export_file.h \
	src/ctl/export_tree.c \
	src/ctl/gc.c \
	src/ctl/grant.c \
	src/ctl/import.c src/ctl/import.h \
	src/ctl/import_batch.c \
	src/ctl/import_bucket.c \
	src/ctl/import_csv.c \
	src/ctl/import_picture.c \
	src/ctl/import_seen.c \
	src/ctl/import_tree.c \
	src/ctl/interrupt.c src/ctl/interrupt.h \
	src/ctl/json.c src/ctl/json.h \
	src/ctl/main.c \
	src/ctl/names.c \
	src/ctl/options.c \
	src/ctl/owner.c \
	src/ctl/picture_name.c src/ctl/picture_name.h \
	src/ctl/progress.c src/ctl/progress.h \
	src/ctl/purge.c \
	src/ctl/report.c src/ctl/report.h \
	src/ctl/sheet.c \
	src/ctl/stats.c \
	src/ctl/stats_screen.c src/ctl/stats_screen.h \
	src/ctl/stats_text.c src/ctl/stats_text.h \
	src/ctl/store.c src/ctl/store.h \
	src/ctl/store_backup.c \
	src/ctl/store_delete.c \
	src/ctl/store_list.c \
	src/ctl/table.c src/ctl/table.h \
	src/ctl/terminal.c src/ctl/terminal.h \
	src/ctl/top.c \
	src/ctl/top_subjects.c src/ctl/top_subjects.h \
	src/ctl/uploads.c src/ctl/uploads.h \
	src/ctl/url.c \
	src/ctl/verify.c src/ctl/verify.h \
	src/ctl/verify_blobs.c \
	src/ctl/verify_index.c \
	src/ctl/verify_published.c \
	src/ctl/verify_store.c \
	src/ctl/version.c \
	src/ctl/warm.c src/ctl/warm.h \
	src/ctl/warm_child.c \
	src/ctl/warm_lines.c \
	src/ctl/warm_pool.c \
	src/ctl/words.c src/ctl/words.h
visage_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS) $(EXPAT_LIBS)
