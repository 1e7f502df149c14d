# SPDX-License-Identifier: MIT
libvisage_a_SOURCES += \
	src/image/fonts_usual.c src/image/fonts_usual.h \
	src/image/render.c src/image/render.h \
	src/image/render_child.c src/image/render_child.h \
	src/image/render_protocol.h \
	src/image/render_reply.c src/image/render_reply.h \
	src/image/sniff.c src/image/sniff.h

# The renderer but for its main(), so that tests can link it too.
noinst_LIBRARIES += librender.a
librender_a_CFLAGS = $(AM_CFLAGS) $(GM_CFLAGS) $(WEBP_CFLAGS) $(EXIF_CFLAGS) $(LCMS_CFLAGS) \
	$(SECCOMP_CFLAGS) $(FREETYPE_CFLAGS) $(HARFBUZZ_CFLAGS)
librender_a_SOURCES = \
	src/image/renderer/canvas.c src/image/renderer/canvas.h \
	src/image/renderer/canvas_shapes.c \
	src/image/renderer/colour.c src/image/renderer/colour.h \
	src/image/renderer/decode.c src/image/renderer/decode.h \
	src/image/renderer/decode_gm.c \
	src/image/renderer/decode_webp.c \
	src/image/renderer/encode.c src/image/renderer/encode.h \
	src/image/renderer/effects.c src/image/renderer/effects.h \
	src/image/renderer/fonts.c src/image/renderer/fonts.h \
	src/image/renderer/geometry.c src/image/renderer/geometry.h \
	src/image/renderer/identicon.c \
	src/image/renderer/initials.c src/image/renderer/initials.h \
	src/image/renderer/job.c src/image/renderer/job.h \
	src/image/renderer/layout.c src/image/renderer/layout.h \
	src/image/renderer/lettering.c src/image/renderer/lettering.h \
	src/image/renderer/limits.c src/image/renderer/limits.h \
	src/image/renderer/monster.h \
	src/image/renderer/monster_behind.c \
	src/image/renderer/monster_body.c \
	src/image/renderer/monster_face.c \
	src/image/renderer/monsterid.c \
	src/image/renderer/orientation.c src/image/renderer/orientation.h \
	src/image/renderer/pagan.c \
	src/image/renderer/palette.c src/image/renderer/palette.h \
	src/image/renderer/plain.c \
	src/image/renderer/retro.c \
	src/image/renderer/robohash.c \
	src/image/renderer/robot.h \
	src/image/renderer/robot_body.c \
	src/image/renderer/robot_face.c \
	src/image/renderer/robot_head.c \
	src/image/renderer/samples.c src/image/renderer/samples.h \
	src/image/renderer/sandbox.h \
	src/image/renderer/sandbox_landlock.c \
	src/image/renderer/scan.c src/image/renderer/scan.h \
	src/image/renderer/seed.c src/image/renderer/seed.h \
	src/image/renderer/sheet.c src/image/renderer/sheet.h \
	src/image/renderer/silhouette.c \
	src/image/renderer/sprite.c src/image/renderer/sprite.h \
	src/image/renderer/stamp.c src/image/renderer/stamp.h \
	src/image/renderer/styles.c src/image/renderer/styles.h \
	src/image/renderer/summary.c src/image/renderer/summary.h \
	src/image/renderer/thumbhash.c src/image/renderer/thumbhash.h \
	src/image/renderer/tint.c src/image/renderer/tint.h \
	src/image/renderer/warm_up.c src/image/renderer/warm_up.h \
	src/image/renderer/wavatar.c
if HAVE_SECCOMP
librender_a_SOURCES += src/image/renderer/sandbox_seccomp.c
else
librender_a_SOURCES += src/image/renderer/sandbox_none.c
endif
RENDER_LIBS = $(GM_LIBS) $(WEBP_LIBS) $(EXIF_LIBS) $(LCMS_LIBS) $(SECCOMP_LIBS) \
	$(FREETYPE_LIBS) $(HARFBUZZ_LIBS) -lpthread -lm

pkglibexec_PROGRAMS += visage-render
visage_render_SOURCES = src/image/renderer/main.c
visage_render_CFLAGS = $(librender_a_CFLAGS)
visage_render_LDADD = librender.a libvisage.a $(RENDER_LIBS)
