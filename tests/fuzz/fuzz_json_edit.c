/* SPDX-License-Identifier: MIT
 *
 * A document: whether it is taken, and what comes out, against jansson and its trees.
 */
#include <errno.h>
#include <string.h>

#include "base/json_edit.h"
#include "fuzz/fuzz.h"
#include "unit/jansson_oracle.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define SHALLOW 3
#define ADDED "\"\\\n\x7f\xc3\xa9" /* to each string that is edited */

static char *const names[] = {"a", "url", "avatarUrl", ""};

static int leave(void *context, const char *text, size_t length, struct buffer *out)
{
    (void)context, (void)text, (void)length;
    REQUIRE(out->length == 0);
    return 0;
}

static int lengthen(void *context, const char *text, size_t length, struct buffer *out)
{
    (void)context;
    REQUIRE(out->length == 0);
    REQUIRE(buffer_append(out, text, length) == 0 && buffer_puts(out, ADDED) == 0);
    return 1;
}

static int run(json_edit_string *edit, unsigned max_depth, const char *json, size_t length,
               struct buffer *out)
{
    const struct json_edit rules = {names, COUNT(names), max_depth, edit, NULL};
    size_t where = length + 1;
    int rc = json_edit(&rules, json, length, out, &where);

    REQUIRE(rc == 0 || rc == -EINVAL || rc == -EOVERFLOW);
    REQUIRE(where <= length && (rc != 0 || where == length));
    REQUIRE(rc == 0 || out->length == 0);
    return rc;
}

static bool is_edited(const char *name)
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* What the edit should make of a tree. */
static json_t *edited_tree(const json_t *tree, bool to_edit)
{
    json_t *edited, *value;
    struct buffer text = {0};
    const char *name;
    size_t i;

    if (json_is_object(tree)) {
        edited = json_object();
        json_object_foreach((json_t *)(uintptr_t)tree, name, value)
            REQUIRE(json_object_set_new(edited, name, edited_tree(value, is_edited(name))) == 0);
        return edited;
    }
    if (json_is_array(tree)) {
        edited = json_array();
        json_array_foreach(tree, i, value)
            REQUIRE(json_array_append_new(edited, edited_tree(value, to_edit)) == 0);
        return edited;
    }
    if (!json_is_string(tree) || !to_edit)
        return json_incref((json_t *)(uintptr_t)tree);
    REQUIRE(lengthen(NULL, json_string_value(tree), json_string_length(tree), &text) == 1);
    edited = json_stringn(text.data, text.length);
    buffer_free(&text);
    return edited;
}

/* That jansson has no room for it. */
static bool is_jansson_too_small(const json_error_t *error)
{
    return strstr(error->text, "invalid Unicode") || strstr(error->text, "NUL byte in") ||
           strstr(error->text, "too big") || strstr(error->text, "real number overflow");
}

/* Of a good document. */
static void compare(const char *json, size_t length, const struct buffer *edited)
{
    const size_t flags = JSON_DECODE_ANY | JSON_ALLOW_NUL;
    json_error_t error;
    json_t *tree = json_loadb(json, length, flags, &error), *wanted, *got;

    if (!tree) {
        REQUIRE(is_jansson_too_small(&error));
        return;
    }
    wanted = edited_tree(tree, false);
    got = json_loadb(edited->data, edited->length, flags, &error);
    REQUIRE(got != NULL && json_equal(got, wanted));
    json_decref(got);
    json_decref(wanted);
    json_decref(tree);
}

/* A good document's. */
static unsigned depth_of(const char *json, size_t length)
{
    unsigned depth = 0, deepest = 0;
    bool quoted = false;

    for (size_t i = 0; i < length; i++) {
        if (quoted && json[i] == '\\')
            i++;
        else if (json[i] == '"')
            quoted = !quoted;
        else if (!quoted && strchr("[{", json[i]) && ++depth > deepest)
            deepest = depth;
        else if (!quoted && strchr("]}", json[i]))
            depth--;
    }
    return deepest;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *json = (const char *)data;
    struct buffer same = {0}, shallow = {0}, edited = {0};
    int rc = run(leave, ~0u, json, size, &same);

    REQUIRE(run(lengthen, ~0u, json, size, &edited) == rc);
    if (rc == 0) {
        REQUIRE(same.length == size && memcmp(same.data, json, size) == 0);
        REQUIRE(run(leave, SHALLOW, json, size, &shallow) ==
                (depth_of(json, size) > SHALLOW ? -EOVERFLOW : 0));
        compare(json, size, &edited);
    } else if (rc == -EINVAL) {
        REQUIRE(!jansson_takes(json, size));
    } else {
        REQUIRE(size > JSON_EDIT_DEPTH_MAX);
    }
    buffer_free(&same);
    buffer_free(&shallow);
    buffer_free(&edited);
    return 0;
}
