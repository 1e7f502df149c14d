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

static void compare(const struct wanted *wanted, const char *json, size_t length)
{
    json_t *root = json_loadb(json, length, JSON_REJECT_DUPLICATES, NULL), *ids, *value;
    const char *id = wanted->ids.data;
    size_t i;

    ids = json_object_get(root, "ids");
    value = json_object_get(root, "source");
    REQUIRE(json_object_size(root) == 2 && json_is_array(ids) && json_is_string(value));
    REQUIRE(strcmp(wanted->source.data, json_string_value(value)) == 0);
    REQUIRE(wanted->count == json_array_size(ids) && wanted->count <= WANTED_IDS_MAX);
    json_array_foreach(ids, i, value) {
        REQUIRE(json_is_string(value) && strcmp(id, json_string_value(value)) == 0);
        REQUIRE(strlen(id) <= PICTURE_ID_MAX);
        id += strlen(id) + 1;
    }
    REQUIRE(wanted->count == 0 || id == wanted->ids.data + wanted->ids.length);
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
