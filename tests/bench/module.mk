# SPDX-License-Identifier: MIT
#
# `make bench` builds these and runs run.sh; nothing else needs them.
EXTRA_DIST += \
	tests/bench/README.md \
	tests/bench/bounds.sh \
	tests/bench/crowd.sh \
	tests/bench/import.sh \
	tests/bench/measure.sh \
	tests/bench/published.sh \
	tests/bench/random.lua \
	tests/bench/rewrite.sh \
	tests/bench/row.awk \
	tests/bench/run.sh \
	tests/bench/servers.sh \
	tests/bench/unique.lua \
	tests/bench/upload.lua \
	tests/bench/uploads.sh

if HAVE_MICROHTTPD
bench_programs = \
	tests/bench/bench-ask \
	tests/bench/bench-cpu \
	tests/bench/bench-draw \
	tests/bench/bench-fill \
	tests/bench/bench-idle \
	tests/bench/bench-generate \
	tests/bench/bench-import \
	tests/bench/bench-inprocess \
	tests/bench/bench-insert \
	tests/bench/bench-origin \
	tests/bench/bench-ports \
	tests/bench/bench-render \
	tests/bench/bench-responder \
	tests/bench/bench-rewrite \
	tests/bench/bench-startup \
	tests/bench/bench-storm \
	tests/bench/bench-transactions \
	tests/bench/bench-trickle \
	tests/bench/bench-upload-memory
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
BENCHMARKS += $(bench_programs)

BENCH_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests

tests_bench_bench_ask_SOURCES = tests/bench/ask.c tests/rig/fcgi.c tests/rig/fcgi.h
tests_bench_bench_ask_CPPFLAGS = $(BENCH_CPPFLAGS)

tests_bench_bench_cpu_SOURCES = tests/bench/cpu.c

tests_bench_bench_draw_SOURCES = tests/bench/draw.c
tests_bench_bench_draw_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS)
tests_bench_bench_draw_LDADD = $(GM_LIBS)

# Programs that use the cache itself.
BENCH_CACHE_LIBS = libvisage.a $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS)

tests_bench_bench_fill_SOURCES = tests/bench/fill.c tests/bench/stock.c tests/bench/stock.h
tests_bench_bench_fill_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_fill_LDADD = $(BENCH_CACHE_LIBS)

tests_bench_bench_generate_SOURCES = tests/bench/generate.c
tests_bench_bench_generate_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) \
	$(CONFUSE_LIBS)

tests_bench_bench_idle_SOURCES = tests/bench/idle.c
tests_bench_bench_idle_LDADD = $(BENCH_CACHE_LIBS)

tests_bench_bench_import_SOURCES = tests/bench/import.c \
	tests/origin/pictures.c tests/origin/pictures.h
tests_bench_bench_import_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_import_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS)
tests_bench_bench_import_LDADD = libvisage.a $(LMDB_LIBS) $(CRYPTO_LIBS) $(GM_LIBS)

# The renderer's own code, without its process, its limits and its sandbox.
tests_bench_bench_inprocess_SOURCES = tests/bench/inprocess.c
tests_bench_bench_inprocess_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS)
tests_bench_bench_inprocess_LDADD = librender.a libvisage.a $(RENDER_LIBS)

tests_bench_bench_insert_SOURCES = tests/bench/insert.c tests/bench/stock.c tests/bench/stock.h
tests_bench_bench_insert_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_insert_LDADD = $(BENCH_CACHE_LIBS)

tests_bench_bench_origin_SOURCES = tests/bench/origin.c tests/origin/jpeg_variant.c
tests_bench_bench_origin_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_origin_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS)
tests_bench_bench_origin_LDADD = -lpthread

tests_bench_bench_ports_SOURCES = tests/bench/ports.c

tests_bench_bench_render_SOURCES = tests/bench/render.c
tests_bench_bench_render_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) \
	$(CONFUSE_LIBS) $(JANSSON_LIBS)

tests_bench_bench_responder_SOURCES = tests/bench/responder.c
tests_bench_bench_responder_LDADD = $(FCGI_LIBS)

tests_bench_bench_rewrite_SOURCES = tests/bench/rewrite.c
tests_bench_bench_rewrite_LDADD = libvisage.a

tests_bench_bench_startup_SOURCES = tests/bench/startup.c \
	tests/rig/fcgi.c tests/rig/fcgi.h tests/rig/memory.c tests/rig/memory.h
tests_bench_bench_startup_CPPFLAGS = $(BENCH_CPPFLAGS)

tests_bench_bench_storm_SOURCES = tests/bench/storm.c tests/bench/loopback.c tests/bench/loopback.h
tests_bench_bench_storm_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_storm_LDADD = libvisage.a

tests_bench_bench_transactions_SOURCES = \
	tests/bench/stock.c tests/bench/stock.h \
	tests/bench/transaction_times.c tests/bench/transaction_times.h \
	tests/bench/transactions.c
tests_bench_bench_transactions_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_transactions_CFLAGS = $(AM_CFLAGS) $(LMDB_CFLAGS)
tests_bench_bench_transactions_LDADD = $(BENCH_CACHE_LIBS)
tests_bench_bench_transactions_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=mdb_txn_begin \
	-Wl,--wrap=mdb_txn_commit -Wl,--wrap=mdb_txn_abort

tests_bench_bench_trickle_SOURCES = \
	tests/bench/loopback.c tests/bench/loopback.h tests/bench/trickle.c
tests_bench_bench_trickle_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_trickle_LDADD = libvisage.a

tests_bench_bench_upload_memory_SOURCES = tests/bench/upload_memory.c \
	tests/rig/fcgi.c tests/rig/fcgi.h tests/rig/held.c tests/rig/held.h \
	tests/rig/memory.c tests/rig/memory.h
tests_bench_bench_upload_memory_CPPFLAGS = $(BENCH_CPPFLAGS)
endif
