/* SPDX-License-Identifier: MIT
 *
 * A font that cannot be read counts as one that has no letters. What a bad one does to the
 * libraries is this process's end at worst, as with pictures.
 */
#include "image/renderer/fonts.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hb-ot.h>

#include "image/render_protocol.h"

#define UNITS_LEAST 16 /* the format allows no fewer to an em */
#define FONT_BYTES_MAX ((off_t)64 << 20)

struct entry {
    void *bytes;
    size_t length;
    enum { UNREAD, READY, UNUSABLE } state;
    struct font font; /* where it is READY */
};

static struct entry entries[RENDER_FONTS_MAX];
static size_t entry_count;
static FT_Library library;

/* If the file shrinks later, SIGBUS ends this process, and nothing else. */
static bool map_one(const char *path, struct entry *entry)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;

    if (fd < 0)
        return false;
    *entry = (struct entry){.bytes = MAP_FAILED};
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
        st.st_size <= FONT_BYTES_MAX) {
        entry->length = (size_t)st.st_size;
        entry->bytes = mmap(NULL, entry->length, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    return entry->bytes != MAP_FAILED;
}

void fonts_map(char *const *paths, size_t count)
{
    for (size_t i = 0; i < count && entry_count < RENDER_FONTS_MAX; i++)
        if (map_one(paths[i], &entries[entry_count]))
            entry_count++;
}

/* Sizes in the font's own units: nothing is rounded to any picture's pixels. */
static hb_font_t *make_shaper(const struct entry *entry)
{
    hb_blob_t *blob = hb_blob_create(entry->bytes, (unsigned)entry->length,
                                     HB_MEMORY_MODE_READONLY, NULL, NULL);
    hb_face_t *face = hb_face_create(blob, 0);
    hb_font_t *shaper = hb_font_create(face);

    hb_ot_font_set_funcs(shaper);
    hb_face_destroy(face);
    hb_blob_destroy(blob);
    return shaper;
}

/* Any of the sizes that a coloured font has will do: the largest looks best. */
static bool select_strike(FT_Face face)
{
    FT_Int best = -1;

    for (FT_Int i = 0; i < face->num_fixed_sizes; i++)
        if (best < 0 || face->available_sizes[i].y_ppem > face->available_sizes[best].y_ppem)
            best = i;
    return best >= 0 && face->available_sizes[best].y_ppem > 0 && FT_Select_Size(face, best) == 0;
}

static bool parse(struct entry *entry)
{
    struct font *font = &entry->font;

    if (!library && FT_Init_FreeType(&library) != 0)
        return false;
    if (FT_New_Memory_Face(library, entry->bytes, (FT_Long)entry->length, 0, &font->face) != 0)
        return false;
    font->coloured = !FT_IS_SCALABLE(font->face);
    font->shaper = make_shaper(entry);
    font->units = hb_face_get_upem(hb_font_get_face(font->shaper));
    if (font->units >= UNITS_LEAST && (!font->coloured || select_strike(font->face)))
        return true;
    hb_font_destroy(font->shaper);
    FT_Done_Face(font->face);
    return false;
}

static const struct font *ready(struct entry *entry)
{
    if (entry->state == UNREAD)
        entry->state = parse(entry) ? READY : UNUSABLE;
    return entry->state == READY ? &entry->font : NULL;
}

/* Joiners, variation selectors and tags only say how their neighbours look. */
static bool is_invisible(uint32_t c)
{
    return (c >= 0x200b && c <= 0x200f) || (c >= 0xfe00 && c <= 0xfe0f) ||
           (c >= 0xe0000 && c <= 0xe0fff);
}

static bool has_character(hb_font_t *shaper, uint32_t c)
{
    hb_codepoint_t first, second, glyph;

    if (hb_font_get_nominal_glyph(shaper, c, &glyph))
        return true;
    /* The shaper puts together what the font has in parts. */
    return hb_unicode_decompose(hb_unicode_funcs_get_default(), c, &first, &second) &&
           (second == 0 || hb_font_get_nominal_glyph(shaper, second, &glyph)) &&
           has_character(shaper, first);
}

static bool has_all(const struct font *font, const uint32_t *characters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!is_invisible(characters[i]) && !has_character(font->shaper, characters[i]))
            return false;
    return true;
}

const struct font *fonts_find(const uint32_t *characters, size_t count, bool coloured)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < entry_count; i++) {
            const struct font *font = ready(&entries[i]);

            if (font && font->coloured == (coloured == (pass == 0)) &&
                has_all(font, characters, count))
                return font;
        }
    return NULL;
}

bool fonts_rasterise(FT_Outline *outline, const FT_Bitmap *bitmap)
{
    return library && FT_Outline_Get_Bitmap(library, outline, bitmap) == 0;
}

void fonts_close(void)
{
    while (entry_count > 0) {
        struct entry *entry = &entries[--entry_count];

        if (entry->state == READY) {
            hb_font_destroy(entry->font.shaper);
            FT_Done_Face(entry->font.face);
        }
        munmap(entry->bytes, entry->length);
    }
    if (library)
        FT_Done_FreeType(library);
    library = NULL;
}
