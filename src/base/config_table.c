/* SPDX-License-Identifier: MIT
 *
 * Which sections there are, and what is known of their keys, which stand in
 * config_keys_*.c.
 */
#include "base/config_table.h"

#include <stdio.h>
#include <string.h>

#include "base/config_keys.h"

static const struct {
    const char *name;
    const struct config_keys *keys;
} sections[CONFIG_SECTIONS] = {
    [CONFIG_ROOT] = {"", &config_keys_root},
    [CONFIG_PRESET] = {"preset", &config_keys_preset},
    [CONFIG_FETCH] = {"fetch", &config_keys_fetch},
    [CONFIG_RENDER] = {"render", &config_keys_render},
    [CONFIG_STORE] = {"store", &config_keys_store},
    [CONFIG_LIMIT] = {"limit", &config_keys_limit},
    [CONFIG_ADMIN] = {"admin", &config_keys_admin},
    [CONFIG_ATPROTO] = {"atproto", &config_keys_atproto},
    [CONFIG_CAMO] = {"camo", &config_keys_camo},
    [CONFIG_IMGPROXY] = {"imgproxy", &config_keys_imgproxy},
    [CONFIG_GRAVATAR] = {"gravatar", &config_keys_gravatar},
    [CONFIG_SOURCE] = {"source", &config_keys_source},
    [CONFIG_REST] = {"rest", &config_keys_rest},
    [CONFIG_REWRITE] = {"rewrite", &config_keys_rewrite},
};

const char *config_section_name(enum config_section section)
{
    return sections[section].name;
}

const struct config_keys *config_section_keys(enum config_section section)
{
    return sections[section].keys;
}

enum config_section config_section_from_name(const char *name)
{
    for (int i = CONFIG_ROOT + 1; i < CONFIG_SECTIONS; i++)
        if (strcmp(sections[i].name, name) == 0)
            return (enum config_section)i;
    return CONFIG_ROOT;
}

#define NAME_MAX_BYTES 32 /* longer than any key; what is longer is nobody's typing error */

/* Insertions, deletions and replacements between two short words. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1];
    size_t length_a = strlen(a), length_b = strlen(b);

    if (length_a > NAME_MAX_BYTES || length_b > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (size_t j = 0; j <= length_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= length_a; i++) {
        size_t diagonal = row[0];

        row[0] = i;
        for (size_t j = 1; j <= length_b; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);

            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[length_b];
}

static void list_allowed(enum config_section section, char *out, size_t size)
{
    const struct config_keys *keys = sections[section].keys;
    size_t used = 0;

    *out = '\0';
    for (size_t i = 0; i < keys->count && used < size; i++) {
        int n = snprintf(out + used, size - used, "%s%s", i > 0 ? ", " : "", keys->items[i].name);

        if (n < 0)
            return;
        used += (size_t)n;
    }
    for (int i = CONFIG_ROOT + 1; section == CONFIG_ROOT && i < CONFIG_SECTIONS && used < size;
         i++) {
        int n = snprintf(out + used, size - used, ", %s", sections[i].name);

        if (n < 0)
            return;
        used += (size_t)n;
    }
}

/* The section that knows the key; CONFIG_SECTIONS if none does. */
static int section_with(const char *name)
{
    for (int i = CONFIG_ROOT; i < CONFIG_SECTIONS; i++)
        for (size_t j = 0; j < sections[i].keys->count; j++)
            if (strcmp(sections[i].keys->items[j].name, name) == 0)
                return i;
    return CONFIG_SECTIONS;
}

void config_unknown_key(enum config_section section, const char *name, char why[CONFIG_WHY_MAX])
{
    const struct config_keys *keys = sections[section].keys;
    const char *nearest = NULL, *place = sections[section].name;
    size_t least = strlen(name) < 5 ? 2 : 3; /* at most one or two slips */
    int used, home;

    for (size_t i = 0; i < keys->count; i++) {
        size_t distance = edit_distance(name, keys->items[i].name);

        if (distance < least) {
            least = distance;
            nearest = keys->items[i].name;
        }
    }
    for (int i = CONFIG_ROOT + 1; section == CONFIG_ROOT && i < CONFIG_SECTIONS; i++) {
        size_t distance = edit_distance(name, sections[i].name);

        if (distance < least) {
            least = distance;
            nearest = sections[i].name;
        }
    }
    used = snprintf(why, CONFIG_WHY_MAX, "unknown key \"%.*s\"%s%s; ", NAME_MAX_BYTES, name,
                    *place ? " in section " : "", place);
    if (used < 0)
        return;
    why += used;
    if (nearest) {
        snprintf(why, CONFIG_WHY_MAX - (size_t)used, "did you mean \"%s\"?", nearest);
        return;
    }
    home = section_with(name);
    if (home < CONFIG_SECTIONS) {
        snprintf(why, CONFIG_WHY_MAX - (size_t)used, "it belongs %s%s",
                 home == CONFIG_ROOT ? "outside the sections" : "in section ", sections[home].name);
        return;
    }
    used += snprintf(why, CONFIG_WHY_MAX - (size_t)used, "allowed: ");
    list_allowed(section, why + strlen(why), CONFIG_WHY_MAX - (size_t)used);
}
