/* SPDX-License-Identifier: MIT
 *
 * The keys of a section that gives a front end the URLs which it knows.
 */
#include "base/config_keys.h"

#include "base/config.h"

#define REST(member) .section = CONFIG_REST, .offset = offsetof(struct config_rest, member)

_Static_assert(sizeof(enum rest_answer) == sizeof(int), "a CONFIG_WORD is stored as an int");

static const struct config_key rest_keys[] = {
    {.name = "path", .type = CONFIG_TEMPLATE, REST(path), .shown = "/users/{id}/avatar",
     .max = 400,
     .doc = "The URLs' path behind prefix; {id} stands for a segment that is the picture's id. Where "
            "there is none, the id is that of the user who asks. Of several sections the first one "
            "whose path and methods fit answers."},
    {.name = "source", .type = CONFIG_NAME, REST(source_name), .shown = "users",
     .doc = "The source of the pictures; required. Uploads and deletions need one of type store."},
    {.name = "methods", .type = CONFIG_METHODS, REST(methods), .fallback = "GET",
     .doc = "What may be done: GET (and HEAD), PUT and POST, of a form or with the picture as the "
            "body, DELETE."},
    {.name = "answers", .type = CONFIG_WORD, REST(answers), .fallback = "picture",
     .words = "picture info exists health", .min = REST_PICTURE,
     .doc = "What GET gives: the picture; what is known of it, as JSON; whether it is there; whether "
            "Visage is well."},
    {.name = "preset", .type = CONFIG_NAME, REST(preset_name), .shown = "avatar",
     .doc = "How pictures are drawn; unset, in their own size."},
    {.name = "field", .type = CONFIG_FIELD, REST(field), .fallback = "avatar",
     .min = 1, .max = 64,
     .doc = "The form's field that has the picture."},
    {.name = "cache_control", .type = CONFIG_FIELD, REST(cache_control),
     .shown = "public, max-age=86400", .min = 1, .max = 200,
     .doc = "Cache-Control of what GET gives, as it stands here; unset, what cache_control says for "
            "pictures, and no-store for info_body and exists_body."},
    {.name = "upload_status", .type = CONFIG_UINT32, REST(upload_status), .fallback = "200",
     .min = 200, .max = 204,
     .doc = "The status of an answer to an upload; 204 has no body."},
    {.name = "upload_body", .type = CONFIG_TEXT, REST(upload_body),
     .shown = "{\"avatarUrl\":\"/users/{path_id}/avatar?v={version}\"}", .max = 2000,
     .doc = "The JSON that answers an upload: {id}, {version}, {url} (the immutable one of the preset), "
            "{width}, {height}, {bytes} and {type} stand for what they say, as JSON text, and "
            "{path_id} for the id as it has to stand in a URL, percent-encoded; unset, an object of "
            "all but the last."},
    {.name = "delete_status", .type = CONFIG_UINT32, REST(delete_status), .fallback = "204",
     .min = 200, .max = 204,
     .doc = "The status of an answer to a deletion."},
    {.name = "delete_body", .type = CONFIG_TEXT, REST(delete_body), .shown = "{\"success\":true}",
     .max = 2000,
     .doc = "Its body, as JSON; unset, none."},
    {.name = "info_body", .type = CONFIG_TEXT, REST(info_body),
     .shown = "{\"url\":\"{url}\"}", .max = 2000,
     .doc = "What answers = info sends, of a source of type store, with the places of upload_body; "
            "unset, all that is known."},
    {.name = "exists_body", .type = CONFIG_TEXT, REST(exists_body),
     .shown = "{\"exists\":{exists}}", .max = 2000,
     .doc = "What answers = exists sends under 200; {exists} is true or false. Unset, only the status "
            "tells: 204 or 404."},
    {.name = "missing_body", .type = CONFIG_TEXT, REST(missing_body),
     .shown = "{\"error\":\"Avatar not found\"}", .max = 2000,
     .doc = "The JSON of a 404, with the places of error_body; unset, error_body."},
    {.name = "error_body", .type = CONFIG_TEXT, REST(error_body),
     .shown = "{\"error\":\"{detail}\"}", .max = 2000,
     .doc = "The JSON of every other error: {status}, {title} and {detail} stand for its number, its name "
            "and one line about what is wrong, as JSON text; unset, a line of text, and for uploads and "
            "deletions application/problem+json."},
};

const struct config_keys config_keys_rest = KEYS_OF(rest_keys);
