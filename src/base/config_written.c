/* SPDX-License-Identifier: MIT */
#include "base/config_written.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/config_value.h"

struct list {
    struct buffer *out;
    const char *separator;
};

static int put_item(const struct config_key *key, const char *text, void *context)
{
    struct list *list = context;
    const char *quote = config_value_is_quoted(key->type) ? "\"" : "";

    if (buffer_printf(list->out, "%s%s", list->separator, quote) < 0)
        return -ENOMEM;
    for (; *text; text++)
        if ((*quote && strchr("\\\"", *text) && buffer_append(list->out, "\\", 1) < 0) ||
            buffer_append(list->out, text, 1) < 0)
            return -ENOMEM;
    list->separator = ", ";
    return buffer_puts(list->out, quote);
}

int config_put_value(struct buffer *out, const struct config_key *key)
{
    struct list list = {out, ""};
    bool braces = config_value_is_list(key->type);

    if ((braces && buffer_puts(out, "{") < 0) ||
        config_value_each(key, key->shown ? key->shown : key->fallback, put_item, &list) < 0 ||
        (braces && buffer_puts(out, "}") < 0))
        return -ENOMEM;
    return 0;
}
