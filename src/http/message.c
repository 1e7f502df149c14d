/* SPDX-License-Identifier: MIT */
#include "http/message.h"

#include <string.h>
#include <strings.h>

bool http_request_from_url(const char *url, struct http_request *out)
{
    *out = (struct http_request){.method = HTTP_GET, .content_length = -1};
    if (strncasecmp(url, "http://", 7) == 0 || strncasecmp(url, "https://", 8) == 0)
        url = strchr(strchr(url, '/') + 2, '/');
    if (!url || *url != '/')
        return false;
    out->path = url;
    out->path_length = strcspn(url, "?#");
    out->query = url + out->path_length;
    if (*out->query == '?')
        out->query++;
    out->query_length = strcspn(out->query, "#");
    return true;
}
