/* SPDX-License-Identifier: MIT
 *
 * The keys of the section about JSON whose pictures' URLs are rewritten.
 */
#include "base/config_keys.h"

#include "base/config.h"

#define REWRITE(member) .section = CONFIG_REWRITE, .offset = offsetof(struct config, rewrite.member)

static const struct config_key rewrite_keys[] = {
    {.name = "fields", .type = CONFIG_MEMBERS, REWRITE(fields),
     .shown = "avatarUrl, imageUrl", .max = 64,
     .doc = "The names of the JSON members whose texts are looked at, wherever they are; also of "
            "those that have a list of texts. Unset, as all of this section is, there is no "
            "/_visage/rewrite."},
    {.name = "match", .type = CONFIG_BEGINNING, REWRITE(match),
     .shown = "https://dev.azure.com/contoso/", .max = 2000,
     .doc = "What a URL begins with that is rewritten."},
    {.name = "source", .type = CONFIG_NAME, REWRITE(source_name), .shown = "azure",
     .doc = "The source that the pictures are fetched from. Of type http: the id is what stands "
            "where its url has {id}, and what is around it has to be the same; where {id} is in "
            "the path, the query may also be missing. Of type web: the section imgproxy or camo has "
            "to name it, and gives the URLs."},
    {.name = "preset", .type = CONFIG_NAME, REWRITE(preset_name), .shown = "avatar",
     .doc = "How the pictures are drawn; camo's are not."},
    {.name = "base", .type = CONFIG_SITE, REWRITE(base), .shown = "https://images.example.org",
     .max = 300,
     .doc = "What stands before the path of the new URLs; unset, nothing."},
    {.name = "expires", .type = CONFIG_DURATION, REWRITE(expires_ms), .fallback = "0",
     .min = MINUTE, .max = 366 * DAY, .or_zero = true,
     .doc = "How long the new URLs are good at least, and at most twice as long: within such a "
            "period a picture's URL is the same. 0: for ever. Needs URLs that are signed."},
    {.name = "max_bytes", .type = CONFIG_SIZE, REWRITE(max_bytes), .fallback = "4M",
     .min = KIB, .max = 256 * MIB,
     .doc = "The largest document that is taken. A worker has it in memory twice while it "
            "answers."},
};

const struct config_keys config_keys_rewrite = KEYS_OF(rewrite_keys);
