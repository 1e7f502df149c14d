# SPDX-License-Identifier: MIT
if HAVE_TESTS
check_LIBRARIES += tests/render/libpictures.a
tests_render_libpictures_a_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_libpictures_a_CFLAGS = $(TEST_CFLAGS) $(GM_CFLAGS) $(WEBP_CFLAGS) $(LCMS_CFLAGS)
tests_render_libpictures_a_SOURCES = \
	tests/render/fixture.c tests/render/fixture.h \
	tests/render/fixture_parts.c tests/render/fixture_parts.h \
	tests/render/rig.c tests/render/rig.h

# The renderer itself, with the entry to its work wrapped.
check_PROGRAMS += tests/render/visage-render-misbehave
tests_render_visage_render_misbehave_SOURCES = \
	tests/render/render_misbehave.c src/image/renderer/main.c
tests_render_visage_render_misbehave_CFLAGS = $(librender_a_CFLAGS)
tests_render_visage_render_misbehave_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=job_run
tests_render_visage_render_misbehave_LDADD = librender.a libvisage.a $(RENDER_LIBS)

RENDER_TESTS = \
	tests/render/test_effects \
	tests/render/test_geometry \
	tests/render/test_identicon \
	tests/render/test_layout \
	tests/render/test_initials \
	tests/render/test_pieces \
	tests/render/test_render \
	tests/render/test_renderer_life \
	tests/render/test_sandbox \
	tests/render/test_styles \
	tests/render/test_summary \
	tests/render/test_thumbhash \
	tests/render/test_corpus
check_PROGRAMS += $(RENDER_TESTS)
TESTS += $(RENDER_TESTS)
RENDER_TEST_LIBS = tests/render/libpictures.a librender.a libvisage.a $(CRITERION_LIBS) \
	$(RENDER_LIBS)

tests_render_test_effects_SOURCES = tests/render/test_effects.c
tests_render_test_effects_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_effects_CFLAGS = $(TEST_CFLAGS)
tests_render_test_effects_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_geometry_SOURCES = tests/render/test_geometry.c
tests_render_test_geometry_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_geometry_CFLAGS = $(TEST_CFLAGS) $(GM_CFLAGS)
tests_render_test_geometry_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_identicon_SOURCES = tests/render/test_identicon.c
tests_render_test_identicon_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_identicon_CFLAGS = $(TEST_CFLAGS)
tests_render_test_identicon_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_layout_SOURCES = tests/render/test_layout.c
tests_render_test_layout_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_layout_CFLAGS = $(TEST_CFLAGS) $(GM_CFLAGS)
tests_render_test_layout_LDADD = $(RENDER_TEST_LIBS)
tests_render_test_initials_SOURCES = tests/render/test_initials.c
tests_render_test_initials_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_initials_CFLAGS = $(TEST_CFLAGS)
tests_render_test_initials_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_thumbhash_SOURCES = tests/render/test_thumbhash.c
tests_render_test_thumbhash_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_thumbhash_CFLAGS = $(TEST_CFLAGS) $(GM_CFLAGS)
tests_render_test_thumbhash_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_pieces_SOURCES = tests/render/test_pieces.c
tests_render_test_pieces_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_pieces_CFLAGS = $(TEST_CFLAGS)
tests_render_test_pieces_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_render_SOURCES = tests/render/test_render.c
tests_render_test_render_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_render_CFLAGS = $(TEST_CFLAGS)
tests_render_test_render_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_renderer_life_SOURCES = tests/render/test_renderer_life.c
tests_render_test_renderer_life_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_renderer_life_CFLAGS = $(TEST_CFLAGS)
tests_render_test_renderer_life_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_sandbox_SOURCES = tests/render/test_sandbox.c
tests_render_test_sandbox_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_sandbox_CFLAGS = $(TEST_CFLAGS)
tests_render_test_sandbox_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_styles_SOURCES = tests/render/test_styles.c
tests_render_test_styles_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_styles_CFLAGS = $(TEST_CFLAGS) $(GM_CFLAGS)
tests_render_test_styles_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_summary_SOURCES = tests/render/test_summary.c
tests_render_test_summary_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_summary_CFLAGS = $(TEST_CFLAGS)
tests_render_test_summary_LDADD = $(RENDER_TEST_LIBS)

tests_render_test_corpus_SOURCES = tests/render/test_corpus.c
tests_render_test_corpus_CPPFLAGS = $(TEST_CPPFLAGS)
tests_render_test_corpus_CFLAGS = $(TEST_CFLAGS)
tests_render_test_corpus_LDADD = $(RENDER_TEST_LIBS)
endif
