/* SPDX-License-Identifier: MIT */
#include "ctl/json.h"

#include <inttypes.h>

void json_begin(struct json *json)
{
    *json = (struct json){.comma = false};
    json->writer.out = &json->text;
}

static void begin_value(struct json *json, const char *name)
{
    if (json->comma)
        writer_puts(&json->writer, ",");
    json->comma = true;
    if (!name)
        return;
    writer_json(&json->writer, name);
    writer_puts(&json->writer, ":");
}

void json_object(struct json *json, const char *name)
{
    begin_value(json, name);
    writer_puts(&json->writer, "{");
    json->comma = false;
}

void json_array(struct json *json, const char *name)
{
    begin_value(json, name);
    writer_puts(&json->writer, "[");
    json->comma = false;
}

void json_end(struct json *json, char bracket)
{
    writer_puts(&json->writer, bracket == '}' ? "}" : "]");
    json->comma = true;
}

void json_string(struct json *json, const char *name, const char *value)
{
    begin_value(json, name);
    if (value)
        writer_json(&json->writer, value);
    else
        writer_puts(&json->writer, "null");
}

void json_number(struct json *json, const char *name, int64_t value)
{
    begin_value(json, name);
    writer_printf(&json->writer, "%" PRId64, value);
}

void json_boolean(struct json *json, const char *name, bool value)
{
    begin_value(json, name);
    writer_puts(&json->writer, value ? "true" : "false");
}

int json_print(struct json *json, FILE *to)
{
    int rc = json->writer.rc;

    if (!rc)
        fprintf(to, "%s\n", json->text.data);
    buffer_free(&json->text);
    return rc;
}
