/* SPDX-License-Identifier: MIT
 *
 * The subject's id is the seed; where there are letters, their digest stands behind it: a text may
 * have any byte in it, which an id must not.
 */
#include "route/generated.h"

#include <errno.h>
#include <string.h>

#define NAMED(text) {.name = (char *)(uintptr_t) text}

const struct config_source *generated_source(enum generator generator)
{
    static const struct config_source sources[] = {
        [GENERATOR_NONE] = NAMED("+nobody"),
        [GENERATOR_IDENTICON] = NAMED("+identicon"),
        [GENERATOR_RETRO] = NAMED("+retro"),
        [GENERATOR_MONSTERID] = NAMED("+monsterid"),
        [GENERATOR_WAVATAR] = NAMED("+wavatar"),
        [GENERATOR_ROBOHASH] = NAMED("+robohash"),
        [GENERATOR_PAGAN] = NAMED("+pagan"),
        [GENERATOR_MP] = NAMED("+mp"),
        [GENERATOR_BLANK] = NAMED("+blank"),
        [GENERATOR_COLOR] = NAMED("+color"),
        [GENERATOR_INITIALS] = NAMED("+initials"),
    };

    return &sources[generator];
}

int generated_set_subject(struct picture_request *r)
{
    const struct picture_default *standard = &r->standard;
    struct digest text;

    r->source = generated_source(standard->generator);
    digest_to_hex(&standard->seed, r->id);
    if (standard->generator != GENERATOR_INITIALS)
        return 0;
    if (digest_of(standard->text, strlen(standard->text), &text) != 0)
        return -EIO;
    r->id[DIGEST_HEX_SIZE - 1] = '-';
    digest_to_hex(&text, r->id + DIGEST_HEX_SIZE);
    return 0;
}
