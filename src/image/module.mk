# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/image/render.c src/image/render.h \
	src/image/render_child.c src/image/render_child.h \
	src/image/render_protocol.h \
	src/image/sniff.c src/image/sniff.h

# The only program that touches a picture's bytes; it links neither curl nor LMDB.
pkglibexec_PROGRAMS += visage-render
visage_render_SOURCES = \
	src/image/renderer/colour.c src/image/renderer/colour.h \
	src/image/renderer/decode.c src/image/renderer/decode.h \
	src/image/renderer/decode_gm.c \
	src/image/renderer/decode_webp.c \
	src/image/renderer/encode.c src/image/renderer/encode.h \
	src/image/renderer/geometry.c src/image/renderer/geometry.h \
	src/image/renderer/job.c src/image/renderer/job.h \
	src/image/renderer/limits.c src/image/renderer/limits.h \
	src/image/renderer/main.c \
	src/image/renderer/orientation.c src/image/renderer/orientation.h \
	src/image/renderer/samples.c src/image/renderer/samples.h \
	src/image/renderer/sandbox.h \
	src/image/renderer/sandbox_landlock.c \
	src/image/renderer/scan.c src/image/renderer/scan.h \
	src/image/renderer/warm_up.c src/image/renderer/warm_up.h
if HAVE_SECCOMP
visage_render_SOURCES += src/image/renderer/sandbox_seccomp.c
EXTRA_DIST += src/image/renderer/sandbox_none.c
else
visage_render_SOURCES += src/image/renderer/sandbox_none.c
EXTRA_DIST += src/image/renderer/sandbox_seccomp.c
endif
visage_render_CPPFLAGS = $(AM_CPPFLAGS)
visage_render_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS) $(WEBP_CFLAGS) $(EXIF_CFLAGS) $(LCMS_CFLAGS) $(SECCOMP_CFLAGS)
visage_render_LDADD = libvisage.a $(GM_LIBS) $(WEBP_LIBS) $(EXIF_LIBS) $(LCMS_LIBS) $(SECCOMP_LIBS)
