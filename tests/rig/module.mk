# SPDX-License-Identifier: MIT
#
# Real web servers, workers and an origin for one test: see rig.h.
EXTRA_DIST += tests/rig/ceph.sh

if HAVE_TESTS
check_LIBRARIES += tests/rig/librig.a
tests_rig_librig_a_SOURCES = \
	tests/rig/aging.c tests/rig/aging.h \
	tests/rig/agreement.c tests/rig/agreement.h \
	tests/rig/answer.c \
	tests/rig/background.c tests/rig/background.h \
	tests/rig/bucket.c tests/rig/bucket.h \
	tests/rig/ceph.c tests/rig/ceph.h \
	tests/rig/client.c tests/rig/client.h \
	tests/rig/fcgi.c tests/rig/fcgi.h \
	tests/rig/files.c tests/rig/files.h \
	tests/rig/frame.c tests/rig/frame.h \
	tests/rig/guard.c tests/rig/guard.h \
	tests/rig/held.c tests/rig/held.h \
	tests/rig/main.c \
	tests/rig/memory.c tests/rig/memory.h \
	tests/rig/process.c tests/rig/process.h \
	tests/rig/random.c tests/rig/random.h \
	tests/rig/relay.c tests/rig/relay.h \
	tests/rig/repository.c tests/rig/repository.h \
	tests/rig/rig.c tests/rig/rig.h \
	tests/rig/run.h \
	tests/rig/scripted.c tests/rig/scripted.h \
	tests/rig/small_disk.c tests/rig/small_disk.h \
	tests/rig/sniffed.c tests/rig/sniffed.h \
	tests/rig/text.c tests/rig/text.h \
	tests/rig/unattended.c tests/rig/unattended.h \
	tests/rig/uploads.c tests/rig/uploads.h \
	tests/rig/visitors.c tests/rig/visitors.h \
	tests/rig/workers.c tests/rig/workers.h
tests_rig_librig_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_rig_librig_a_CFLAGS = $(TEST_CFLAGS) $(CURL_CFLAGS)

RIG_LIBS = tests/rig/librig.a tests/origin/liborigin.a libvisage.a $(CRITERION_LIBS) \
	$(MICROHTTPD_LIBS) $(GM_LIBS) $(CURL_LIBS) $(LMDB_LIBS) $(CRYPTO_LIBS) $(CONFUSE_LIBS) $(JANSSON_LIBS) -lpthread
endif
