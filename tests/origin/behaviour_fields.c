/* SPDX-License-Identifier: MIT
 *
 * Answers whose header fields, or whose order, a test dictates.
 */
#include "origin/behaviour.h"

#include <string.h>

#include "origin/fields.h"
#include "origin/script.h"

#define RELEASE_LOOK_MS 2

static const char *without_weak_mark(const char *tag)
{
    return strncmp(tag, "W/", 2) == 0 ? tag + 2 : tag;
}

/* RFC 9110 section 13.2.2 for a condition of one tag, which is all that is ever sent here. */
static bool holds_back(struct origin_request *r, const struct field_list *fields)
{
    const char *tag = behaviour_request_header(r, "If-None-Match");
    const char *since = behaviour_request_header(r, "If-Modified-Since");
    const struct field *own = field_list_find(fields, tag ? "ETag" : "Last-Modified");
    char room[FIELD_DATE_SIZE];

    if (!own)
        return false;
    if (tag)
        return strcmp(without_weak_mark(tag), without_weak_mark(own->value)) == 0;
    return since && strcmp(since, field_value(own, room)) == 0;
}

/* With the picture, or with a short text. */
static enum MHD_Result answer(struct origin_request *r, unsigned status, bool pictured,
                              const struct field_list *fields)
{
    static char text[] = "no picture\n";
    size_t length = status == 204 || status == 304 ? 0 : strlen(text);
    struct MHD_Response *response;

    if (pictured)
        response = MHD_create_response_from_buffer(r->picture->length, r->picture->bytes,
                                                   MHD_RESPMEM_PERSISTENT);
    else
        response = MHD_create_response_from_buffer(length, text, MHD_RESPMEM_PERSISTENT);
    return behaviour_reply(r, status, response,
                           pictured ? r->picture->type : length > 0 ? "text/plain" : NULL,
                           fields);
}

static enum MHD_Result answer_or_304(struct origin_request *r, bool held_back,
                                     const struct field_list *fields)
{
    return answer(r, held_back ? 304 : 200, !held_back, fields);
}

enum MHD_Result behaviour_fields(struct origin_request *r)
{
    struct field_list fields = {.count = 0};
    enum MHD_Result result;

    if (field_list_add_hex(&fields, r->arguments[0], strlen(r->arguments[0])) != 0)
        result = behaviour_text(r, 500, "text/plain", "no header fields\n", NULL, NULL);
    else
        result = answer_or_304(r, holds_back(r, &fields), &fields);
    field_list_free(&fields);
    return result;
}

static bool await_release(const struct origin_request *r)
{
    while (!origin_take_release(r->origin))
        if (!behaviour_wait(r, RELEASE_LOOK_MS))
            return false;
    return true;
}

enum MHD_Result behaviour_script(struct origin_request *r)
{
    const struct script_step *step = origin_next_step(r->origin, r->name);

    if (!step)
        return behaviour_text(r, 500, "text/plain", "no script of this name\n", NULL, NULL);
    if (step->picture)
        r->picture = origin_find_picture(r->origin, step->picture);
    if (step->delay_ms > 0 && !behaviour_wait(r, step->delay_ms))
        return MHD_NO;
    if (step->held && !await_release(r))
        return MHD_NO;
    if (step->behaviour) {
        for (unsigned i = 0; i < BEHAVIOUR_ARGUMENTS; i++)
            r->arguments[i] = step->arguments[i];
        return step->behaviour->answer(r);
    }
    if (step->conditional && holds_back(r, &step->fields))
        return answer_or_304(r, true, &step->fields);
    return answer(r, step->status, step->status == 200 || step->picture, &step->fields);
}
