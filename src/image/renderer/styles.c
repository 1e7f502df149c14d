/* SPDX-License-Identifier: MIT */
#include "image/renderer/styles.h"

#include "base/generator.h"
#include "image/renderer/initials.h"

static style_draw *const styles[] = {
    [GENERATOR_IDENTICON] = identicon_draw,
    [GENERATOR_RETRO] = retro_draw,
    [GENERATOR_MONSTERID] = monsterid_draw,
    [GENERATOR_WAVATAR] = wavatar_draw,
    [GENERATOR_ROBOHASH] = robohash_draw,
    [GENERATOR_PAGAN] = pagan_draw,
    [GENERATOR_MP] = silhouette_draw,
    [GENERATOR_BLANK] = blank_draw,
    [GENERATOR_COLOR] = color_draw,
};

bool style_is_known(uint32_t generator)
{
    return generator == GENERATOR_INITIALS ||
           (generator < sizeof styles / sizeof *styles && styles[generator]);
}

Image *style_paint(uint32_t generator, const unsigned char seed[RENDER_SEED_SIZE],
                   const char *text, uint32_t width, uint32_t height, enum cause *cause)
{
    *cause = CAUSE_PICTURE_TOO_LARGE; /* memory is all that the others can lack */
    if (generator == GENERATOR_INITIALS)
        return initials_draw(seed, text, width, height, cause);
    return styles[generator](seed, width, height);
}
