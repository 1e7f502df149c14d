# SPDX-License-Identifier: MIT
#
# `make bench` builds these and runs run.sh; nothing else needs them.
EXTRA_DIST += \
	tests/bench/README.md \
	tests/bench/measure.sh \
	tests/bench/row.awk \
	tests/bench/run.sh \
	tests/bench/servers.sh \
	tests/bench/unique.lua

if HAVE_MICROHTTPD
bench_programs = \
	tests/bench/bench-ask \
	tests/bench/bench-cpu \
	tests/bench/bench-draw \
	tests/bench/bench-inprocess \
	tests/bench/bench-origin \
	tests/bench/bench-ports \
	tests/bench/bench-render \
	tests/bench/bench-responder \
	tests/bench/bench-startup
EXTRA_PROGRAMS += $(bench_programs)
CLEANFILES += $(bench_programs)
BENCHMARKS += $(bench_programs)

BENCH_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests

tests_bench_bench_ask_SOURCES = tests/bench/ask.c tests/bench/fcgi.c tests/bench/fcgi.h
tests_bench_bench_ask_CPPFLAGS = $(BENCH_CPPFLAGS)

tests_bench_bench_cpu_SOURCES = tests/bench/cpu.c

tests_bench_bench_draw_SOURCES = tests/bench/draw.c
tests_bench_bench_draw_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS)
tests_bench_bench_draw_LDADD = $(GM_LIBS)

# The renderer's own code, without its process, its limits and its sandbox.
tests_bench_bench_inprocess_SOURCES = tests/bench/inprocess.c
tests_bench_bench_inprocess_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS)
tests_bench_bench_inprocess_LDADD = librender.a libvisage.a $(RENDER_LIBS)

tests_bench_bench_origin_SOURCES = tests/bench/origin.c tests/origin/jpeg_variant.c
tests_bench_bench_origin_CPPFLAGS = $(BENCH_CPPFLAGS)
tests_bench_bench_origin_CFLAGS = $(AM_CFLAGS) $(MICROHTTPD_CFLAGS)
tests_bench_bench_origin_LDADD = -lpthread

tests_bench_bench_ports_SOURCES = tests/bench/ports.c

tests_bench_bench_render_SOURCES = tests/bench/render.c
tests_bench_bench_render_LDADD = libvisage.a $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) \
	$(CONFUSE_LIBS)

tests_bench_bench_responder_SOURCES = tests/bench/responder.c
tests_bench_bench_responder_LDADD = $(FCGI_LIBS)

tests_bench_bench_startup_SOURCES = tests/bench/fcgi.c tests/bench/fcgi.h tests/bench/startup.c
tests_bench_bench_startup_CPPFLAGS = $(BENCH_CPPFLAGS)
endif
