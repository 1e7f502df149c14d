/* SPDX-License-Identifier: MIT */
#include "serve/picture_urls.h"

#include "route/native_path.h"

static int put_url(struct writer *w, const struct picture_urls *urls,
                   const struct config_preset *preset, struct buffer *url)
{
    const struct native_path path = {
        .version = urls->version,
        .rendering = preset->name,
        .source = urls->source,
        .id = urls->id,
        .ending = native_path_extension(urls->config->formats[0])};
    int rc;

    buffer_clear(url);
    rc = native_path_append(url, urls->config, &path);
    if (!rc)
        rc = sign_append(url, &urls->signer);
    if (rc)
        return rc;
    writer_json(w, preset->name);
    writer_puts(w, ":");
    writer_json(w, url->data);
    return w->rc;
}

int picture_urls_write(struct writer *w, const struct picture_urls *urls)
{
    struct buffer url = {0};
    int rc = 0;

    writer_puts(w, "{");
    for (size_t i = 0; i < urls->config->preset_count && !rc; i++) {
        writer_puts(w, i ? "," : "");
        rc = put_url(w, urls, &urls->config->presets[i], &url);
    }
    writer_puts(w, "}");
    buffer_free(&url);
    return rc ? rc : w->rc;
}
