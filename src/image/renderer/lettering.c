/* SPDX-License-Identifier: MIT
 *
 * Letters are shaped one by one, so that Arabic ones do not join to what would look like
 * a word, and each may have a font of its own.
 */
#include "image/renderer/lettering.h"

#include <stdlib.h>
#include <string.h>

#include FT_BBOX_H
#include <hb.h>

#include "image/renderer/fonts.h"

#define LETTERS_MAX 4
#define CHARACTERS_MAX 64 /* of a letter */
#define POINTS_MAX 32000 /* FreeType counts in a short */
#define FAINT 16         /* an alpha below that is not seen */

struct shaped {
    const struct font *font;
    hb_buffer_t *buffer;
    double advance; /* ems */
};

static bool is_one_of(uint32_t c, const uint32_t *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (list[i] == c)
            return true;
    return false;
}

/* Emoji have pictures in text fonts, too, but not those that people expect. */
static bool looks_coloured(const uint32_t *characters, size_t count)
{
    static const uint32_t marks[] = {0xfe0f, 0x20e3}; /* as an emoji; within a key */

    for (size_t i = 1; i < count; i++) {
        if (characters[i] == 0xfe0e) /* as text */
            return false;
        if (is_one_of(characters[i], marks, sizeof marks / sizeof *marks))
            return true;
    }
    /* The tables may be older than the emoji. */
    return characters[0] >= 0x1f000 ? characters[0] < 0x20000
                                    : hb_unicode_general_category(hb_unicode_funcs_get_default(),
                                                                  characters[0]) ==
                                          HB_UNICODE_GENERAL_CATEGORY_OTHER_SYMBOL;
}

static const struct font *find_font(hb_buffer_t *buffer)
{
    uint32_t characters[CHARACTERS_MAX];
    unsigned count;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);

    if (count == 0 || count > CHARACTERS_MAX)
        return NULL;
    for (unsigned i = 0; i < count; i++)
        characters[i] = infos[i].codepoint;
    return fonts_find(characters, count, looks_coloured(characters, count));
}

static enum lettering_outcome shape(const char *text, size_t length, struct shaped *out)
{
    const hb_glyph_position_t *positions;
    unsigned count;

    out->buffer = hb_buffer_create();
    hb_buffer_add_utf8(out->buffer, text, (int)length, 0, (int)length);
    if (!hb_buffer_allocation_successful(out->buffer))
        return LETTERING_NO_MEMORY;
    out->font = find_font(out->buffer);
    if (!out->font)
        return LETTERING_NO_FONT;
    hb_buffer_set_language(out->buffer, hb_language_from_string("und", -1));
    hb_buffer_guess_segment_properties(out->buffer);
    hb_shape(out->font->shaper, out->buffer, NULL, 0);
    if (!hb_buffer_allocation_successful(out->buffer))
        return LETTERING_NO_MEMORY;
    positions = hb_buffer_get_glyph_positions(out->buffer, &count);
    for (unsigned i = 0; i < count; i++)
        out->advance += positions[i].x_advance / out->font->units;
    return LETTERING_DONE;
}

/* Appends the outline in the glyph slot, its origin moved to (x, y). */
static enum lettering_outcome add_outline(struct lettering *l, const struct font *font, double x,
                                          double y)
{
    const FT_Outline *from = &font->face->glyph->outline;
    FT_Outline *to = &l->outline;
    size_t points = (size_t)to->n_points + (size_t)from->n_points;
    size_t contours = (size_t)to->n_contours + (size_t)from->n_contours;
    void *grown[3];

    if (from->n_points <= 0 || from->n_contours <= 0)
        return LETTERING_DONE; /* a blank */
    if (points > POINTS_MAX)
        return LETTERING_NOT_DRAWN;
    if ((grown[0] = reallocarray(to->points, points, sizeof *to->points)))
        to->points = grown[0];
    if ((grown[1] = reallocarray(to->tags, points, sizeof *to->tags)))
        to->tags = grown[1];
    if ((grown[2] = reallocarray(to->contours, contours, sizeof *to->contours)))
        to->contours = grown[2];
    if (!grown[0] || !grown[1] || !grown[2])
        return LETTERING_NO_MEMORY;
    for (short i = 0; i < from->n_points; i++) {
        FT_Vector *point = &to->points[to->n_points + i];

        point->x = (FT_Pos)(((double)from->points[i].x / font->units + x) * LETTERING_EM);
        point->y = (FT_Pos)(((double)from->points[i].y / font->units + y) * LETTERING_EM);
        to->tags[to->n_points + i] = from->tags[i];
    }
    for (short i = 0; i < from->n_contours; i++)
        to->contours[to->n_contours + i] = (short)(from->contours[i] + to->n_points);
    to->n_points = (short)points;
    to->n_contours = (short)contours;
    return LETTERING_DONE;
}

static enum lettering_outcome add_stamp(struct lettering *l, const struct font *font, double x,
                                        double y)
{
    const FT_GlyphSlot slot = font->face->glyph;
    const FT_Bitmap *bitmap = &slot->bitmap;
    struct stamp *stamp = &l->stamps[l->stamp_count];
    double pixel = 1.0 / font->face->size->metrics.y_ppem;

    if (slot->format != FT_GLYPH_FORMAT_BITMAP || bitmap->width == 0 || bitmap->rows == 0)
        return LETTERING_DONE;
    if (bitmap->pixel_mode != FT_PIXEL_MODE_BGRA || bitmap->pitch < 0 || bitmap->width > 1024 ||
        bitmap->rows > 1024 || l->stamp_count == LETTERING_STAMPS)
        return LETTERING_NOT_DRAWN;
    *stamp = (struct stamp){
        .pixels = malloc((size_t)4 * bitmap->width * bitmap->rows),
        .width = bitmap->width,
        .height = bitmap->rows,
        .left = x + slot->bitmap_left * pixel,
        .top = y + slot->bitmap_top * pixel,
        .pixel = pixel,
    };
    if (!stamp->pixels)
        return LETTERING_NO_MEMORY;
    l->stamp_count++;
    for (unsigned row = 0; row < bitmap->rows; row++)
        memcpy(stamp->pixels + (size_t)4 * bitmap->width * row,
               bitmap->buffer + (size_t)bitmap->pitch * row, (size_t)4 * bitmap->width);
    return LETTERING_DONE;
}

static enum lettering_outcome add_letter(struct lettering *l, const struct shaped *shaped,
                                         double x)
{
    const struct font *font = shaped->font;
    unsigned count;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(shaped->buffer, &count);
    const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(shaped->buffer, &count);
    enum lettering_outcome outcome = LETTERING_DONE;
    double y = 0;

    for (unsigned i = 0; i < count && outcome == LETTERING_DONE; i++) {
        double left = x + places[i].x_offset / font->units;
        double base = y + places[i].y_offset / font->units;

        if (FT_Load_Glyph(font->face, infos[i].codepoint,
                          font->coloured ? FT_LOAD_COLOR : FT_LOAD_NO_SCALE) != 0)
            return LETTERING_NOT_DRAWN;
        if (font->coloured)
            outcome = add_stamp(l, font, left, base);
        else if (font->face->glyph->format == FT_GLYPH_FORMAT_OUTLINE)
            outcome = add_outline(l, font, left, base);
        x += places[i].x_advance / font->units;
        y += places[i].y_advance / font->units;
    }
    return outcome;
}

static void include(struct lettering *l, double left, double bottom, double right, double top)
{
    bool none = l->left >= l->right;

    if (left >= right || bottom >= top)
        return;
    l->left = none || left < l->left ? left : l->left;
    l->bottom = none || bottom < l->bottom ? bottom : l->bottom;
    l->right = none || right > l->right ? right : l->right;
    l->top = none || top > l->top ? top : l->top;
}

static void include_stamp(struct lettering *l, const struct stamp *stamp)
{
    unsigned left = stamp->width, right = 0, top = stamp->height, bottom = 0;

    for (unsigned y = 0; y < stamp->height; y++)
        for (unsigned x = 0; x < stamp->width; x++)
            if (stamp->pixels[4 * ((size_t)y * stamp->width + x) + 3] >= FAINT) {
                left = x < left ? x : left;
                right = x + 1 > right ? x + 1 : right;
                top = y < top ? y : top;
                bottom = y + 1;
            }
    include(l, stamp->left + left * stamp->pixel, stamp->top - bottom * stamp->pixel,
            stamp->left + right * stamp->pixel, stamp->top - top * stamp->pixel);
}

static enum lettering_outcome measure(struct lettering *l)
{
    FT_BBox box;

    if (l->outline.n_points > 0) {
        if (FT_Outline_Get_BBox(&l->outline, &box) != 0)
            return LETTERING_NOT_DRAWN;
        include(l, (double)box.xMin / LETTERING_EM, (double)box.yMin / LETTERING_EM,
                (double)box.xMax / LETTERING_EM, (double)box.yMax / LETTERING_EM);
    }
    for (size_t i = 0; i < l->stamp_count; i++)
        include_stamp(l, &l->stamps[i]);
    return l->left < l->right ? LETTERING_DONE : LETTERING_NOT_DRAWN;
}

static enum lettering_outcome set_side_by_side(struct lettering *l, const struct shaped *letters)
{
    bool leftwards = hb_buffer_get_direction(letters[0].buffer) == HB_DIRECTION_RTL;
    enum lettering_outcome outcome = LETTERING_DONE;
    double x = 0;

    for (unsigned i = 0; i < l->letters && outcome == LETTERING_DONE; i++) {
        if (leftwards)
            x -= letters[i].advance;
        outcome = add_letter(l, &letters[i], x);
        if (!leftwards)
            x += letters[i].advance;
    }
    return outcome == LETTERING_DONE ? measure(l) : outcome;
}

enum lettering_outcome lettering_set(const char *text, struct lettering *l)
{
    enum lettering_outcome outcome = LETTERING_DONE;
    struct shaped letters[LETTERS_MAX] = {{0}};

    memset(l, 0, sizeof *l);
    while (l->letters < LETTERS_MAX && outcome == LETTERING_DONE) {
        size_t length;

        text += strspn(text, " ");
        length = strcspn(text, " ");
        if (length == 0)
            break;
        outcome = shape(text, length, &letters[l->letters++]);
        text += length;
    }
    if (l->letters == 0)
        outcome = LETTERING_NO_FONT;
    if (outcome == LETTERING_DONE)
        outcome = set_side_by_side(l, letters);
    for (unsigned i = 0; i < l->letters; i++)
        hb_buffer_destroy(letters[i].buffer);
    return outcome;
}

void lettering_free(struct lettering *l)
{
    free(l->outline.points);
    free(l->outline.tags);
    free(l->outline.contours);
    for (size_t i = 0; i < l->stamp_count; i++)
        free(l->stamps[i].pixels);
    memset(l, 0, sizeof *l);
}
