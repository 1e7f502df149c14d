/* SPDX-License-Identifier: MIT
 *
 * The parser recurses, to a depth of its own that is too much for what is expected
 * here; so depth is counted before.
 */
#include "origin/bounded_json.h"

#include <stdbool.h>
#include <string.h>

static bool is_shallow(const char *text, size_t length)
{
    unsigned depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '{' || text[i] == '[') && ++depth > BOUNDED_JSON_DEPTH)
            return false;
        else if (!quoted && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return true;
}

json_t *bounded_json_object(const char *text, size_t length)
{
    json_error_t error;
    json_t *json;

    if (!is_shallow(text, length))
        return NULL;
    json = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(json))
        return json;
    json_decref(json);
    return NULL;
}

const char *bounded_json_string(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}
