/* SPDX-License-Identifier: MIT
 *
 * Which pictures an application wants to know about: whatever is taken is what jansson reads, too.
 */
#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "fuzz/fuzz.h"
#include "route/request.h"
#include "serve/json_wanted.h"

/* What has been before is left out. */
static void compare_list(const struct wanted *wanted, const json_t *ids)
{
    json_t *seen = json_object(), *value;
    const char *id = wanted->ids.data;
    size_t i;

    REQUIRE(seen && json_is_array(ids));
    json_array_foreach(ids, i, value) {
        REQUIRE(json_is_string(value));
        if (json_object_get(seen, json_string_value(value)))
            continue;
        REQUIRE(strcmp(id, json_string_value(value)) == 0 && strlen(id) <= PICTURE_ID_MAX);
        REQUIRE(json_object_set_new(seen, id, json_true()) == 0);
        id += strlen(id) + 1;
    }
    REQUIRE(wanted->count == json_object_size(seen));
    REQUIRE(wanted->count == 0 || id == wanted->ids.data + wanted->ids.length);
    json_decref(seen);
}

static void compare_known(const struct wanted *wanted, const json_t *ids)
{
    const char *id = wanted->ids.data, *known = wanted->known.data;

    REQUIRE(wanted->count == json_object_size(ids));
    for (size_t i = 0; i < wanted->count; i++) {
        const json_t *value = json_object_get(ids, id);

        REQUIRE(value && strlen(id) <= PICTURE_ID_MAX);
        REQUIRE(*known ? json_is_string(value) && strcmp(known, json_string_value(value)) == 0 &&
                             strlen(known) == PICTURE_VERSION_DIGITS
                       : json_is_null(value));
        id += strlen(id) + 1;
        known += strlen(known) + 1;
    }
}

static void compare(const struct wanted *wanted, const char *json, size_t length)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL), *ids, *value;

    ids = json_object_get(root, "ids");
    value = json_object_get(root, "source");
    REQUIRE(json_object_size(root) == 2 && json_is_string(value));
    REQUIRE(strcmp(wanted->source.data, json_string_value(value)) == 0);
    REQUIRE(wanted->count <= WANTED_IDS_MAX && wanted->has_known == json_is_object(ids));
    if (wanted->has_known)
        compare_known(wanted, ids);
    else
        compare_list(wanted, ids);
    json_decref(root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wanted wanted = {.count = 0};
    int rc = wanted_read((const char *)data, size, &wanted);

    REQUIRE(rc == 0 || rc == -EINVAL || rc == -E2BIG);
    if (rc == 0)
        compare(&wanted, (const char *)data, size);
    wanted_free(&wanted);
    return 0;
}
