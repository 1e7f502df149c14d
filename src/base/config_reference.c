/* SPDX-License-Identifier: MIT
 *
 * The reference configuration, which is what conf/visage.conf is: written from
 * the table, so that no key and no default can be missing or out of date. A
 * line that begins with '#' and a letter is a setting to be uncommented; prose
 * has a blank after the '#'.
 */
#include "base/config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/config_table.h"
#include "base/config_value.h"
#include "base/config_written.h"

#define COLUMNS 96

static const char head[] =
    "# Visage's configuration.\n"
    "#\n"
    "# Every key stands here behind a \"#\" with its default, or with an example where it says so.\n"
    "# Sizes are bytes, or a number with K, M, G or T (powers of 1024); times are seconds, or a\n"
    "# number with ms, s, m, h or d.\n"
    "# Text stands in quotes. In double quotes, \\\\ and \\\" stand for \\ and \"; in single quotes\n"
    "# a backslash is a backslash, which is handy for patterns. Nothing is replaced from the\n"
    "# environment, and there is no include. \"visage check\" tells what is wrong, and where.\n";

static const char presets[] =
    "preset avatar       { width = 1000 height = 1000 fit = \"cover\" quality = 85 }\n"
    "preset avatar_small { width = 360  height = 360  fit = \"cover\" quality = 80 }\n";

static const char sources[] =
    "# Gravatar: /avatar/gravatar/{hash of the mail address}. d=404 makes it say so where it has\n"
    "# no picture.\n"
    "#source gravatar {\n"
    "#    url        = \"https://gravatar.com/avatar/{id}?s=512&d=404\"\n"
    "#    id_pattern = \"[0-9a-f]{32}|[0-9a-f]{64}\"\n"
    "#}\n"
    "\n"
    "# Azure DevOps with a personal access token, which stands alone in a file of mode 0600 that\n"
    "# belongs to the workers' user.\n"
    "#source azure {\n"
    "#    url           = \"https://dev.azure.com/contoso/_apis/GraphProfile/MemberAvatars/{id}"
    "?size=2\"\n"
    "#    headers       = {\"X-TFS-FedAuthRedirect: Suppress\"}\n"
    "#    username      = \"\"\n"
    "#    password_file = \"/etc/visage/azure.pat\"\n"
    "#    ttl           = \"24h\"\n"
    "#    stale         = \"7d\"\n"
    "#}\n"
    "\n"
    "# Any host. An id of several path segments, such as 2024/anna, keeps its slashes.\n"
    "#source example {\n"
    "#    url = \"https://www.example.org/avatars/{id}.jpg\"\n"
    "#}\n"
    "\n"
    "# A host in one's own network: private addresses are closed unless they are named.\n"
    "#source intranet {\n"
    "#    url             = \"http://pictures.example.internal:8080/{id}\"\n"
    "#    allow_addresses = {\"10.0.0.0/8\"}\n"
    "#}\n"
    "\n"
    "# Pictures on the web, for dialects that name them by their URL.\n"
    "#source web {\n"
    "#    type  = web\n"
    "#    hosts = {\"images.example.org\", \"*.example.net\"}\n"
    "#}\n"
    "\n"
    "# Blobs of atproto's accounts.\n"
    "#source atproto {\n"
    "#    type = atproto\n"
    "#}\n";

static const char rests[] =
    "#source users { type = store writers = {remote-user} }\n"
    "#rest avatars { path = \"/users/{id}/avatar\" source = users preset = avatar }\n"
    "#rest mine    { path = \"/users/me/avatar\" source = users methods = {PUT, POST, DELETE} }\n";

/* Prose in lines of COLUMNS, each after `lead`. */
static int put_prose(struct buffer *out, const char *lead, const char *text)
{
    size_t width = COLUMNS - strlen(lead);

    while (*text) {
        size_t length = strlen(text);

        if (length > width) {
            length = width;
            while (length > 0 && text[length] != ' ')
                length--;
            if (length == 0)
                length = strcspn(text, " ");
        }
        if (buffer_printf(out, "%s%.*s\n", lead, (int)length, text) < 0)
            return -ENOMEM;
        text += length;
        text += strspn(text, " ");
    }
    return 0;
}

static int put_key(struct buffer *out, const struct config_key *key, const char *indent)
{
    char allowed[CONFIG_WHY_MAX], lead[16];
    struct buffer line = {0};
    int rc = -ENOMEM;

    config_value_describe(key, allowed);
    snprintf(lead, sizeof lead, "%s# ", indent);
    if (buffer_printf(&line, "Allowed: %s.", allowed) < 0 || put_prose(out, lead, key->doc) < 0 ||
        put_prose(out, lead, line.data) < 0 ||
        (!key->fallback && put_prose(out, lead, "No default; for example:") < 0) ||
        buffer_printf(out, "%s#%s%s = ", indent, key->alternative ? " Or: " : "", key->name) < 0 ||
        config_put_value(out, key) < 0)
        goto out;
    rc = buffer_puts(out, "\n");
out:
    buffer_free(&line);
    return rc;
}

/* The keys of the sections that may stand several times are told as prose. */
static int put_key_prose(struct buffer *out, const struct config_key *key)
{
    static const char lead[] = "#                       "; /* for the longest name */
    char allowed[CONFIG_WHY_MAX];
    struct buffer line = {0};
    size_t start = out->length;
    int rc = -ENOMEM;

    config_value_describe(key, allowed);
    if (buffer_printf(&line, "Allowed: %s%s", allowed, key->fallback ? "; default " : "") < 0 ||
        (key->fallback && config_put_value(&line, key) < 0) || buffer_puts(&line, ".") < 0 ||
        put_prose(out, lead, key->doc) < 0)
        goto out;
    /* The name stands in place of the first line's blanks. */
    memcpy(out->data + start + strlen("#   "), key->name, strlen(key->name));
    rc = put_prose(out, lead, line.data);
out:
    buffer_free(&line);
    return rc;
}

static int put_all(struct buffer *out, enum config_section section, const char *indent)
{
    /* Blank lines between the keys, and between the head and the first key outside sections. */
    bool blank = section == CONFIG_ROOT;
    const struct config_keys *keys = config_section_keys(section);

    for (size_t i = 0; i < keys->count; i++) {
        if ((blank && buffer_puts(out, "\n") < 0) || put_key(out, &keys->items[i], indent) < 0)
            return -ENOMEM;
        blank = true;
    }
    return 0;
}

static int put_all_prose(struct buffer *out, enum config_section section)
{
    const struct config_keys *keys = config_section_keys(section);

    for (size_t i = 0; i < keys->count; i++)
        if (put_key_prose(out, &keys->items[i]) < 0)
            return -ENOMEM;
    return 0;
}

int config_write_reference(struct buffer *out)
{
    if (buffer_puts(out, head) < 0 || put_all(out, CONFIG_ROOT, "") < 0 ||
        buffer_puts(out, "\n# preset NAME { ... }: a rendering that URLs ask for by its name,\n"
                         "# /{preset}[@2x|@3x]/{source}/{id}[.webp|.jpg|.png].\n") < 0 ||
        put_all_prose(out, CONFIG_PRESET) < 0 || buffer_puts(out, presets) < 0 ||
        buffer_puts(out, "\n# How originals are fetched.\nfetch {\n") < 0 ||
        put_all(out, CONFIG_FETCH, "    ") < 0 ||
        buffer_puts(out, "}\n\n# How pictures are drawn.\nrender {\n") < 0 ||
        put_all(out, CONFIG_RENDER, "    ") < 0 ||
        buffer_puts(out, "}\n\n# Where uploads are kept.\nstore {\n") < 0 ||
        put_all(out, CONFIG_STORE, "    ") < 0 ||
        buffer_puts(out, "}\n\n# How much one client may ask for.\nlimit {\n") < 0 ||
        put_all(out, CONFIG_LIMIT, "    ") < 0 ||
        buffer_puts(out, "}\n\n# Who may see /_visage/status, /_visage/metrics and "
                         "/_visage/health, and purge by\n# /_visage/purge. Without addresses and "
                         "without a token, nothing of that exists.\nadmin {\n") < 0 ||
        put_all(out, CONFIG_ADMIN, "    ") < 0 ||
        buffer_puts(out, "}\n\n# Gravatar and Libravatar: /avatar/{hash of a mail address}[.ext]?s=&d=&f=&r=\n"
                         "gravatar {\n") < 0 ||
        put_all(out, CONFIG_GRAVATAR, "    ") < 0 ||
        buffer_puts(out, "}\n\n# atproto: /img/{preset}/plain/{did}/{cid}[@jpeg|@webp|@png], as Coves and "
                         "Bluesky have it.\natproto {\n") < 0 ||
        put_all(out, CONFIG_ATPROTO, "    ") < 0 ||
        buffer_puts(out, "}\n\n# Pictures of the web, passed on as they are, under URLs that are "
                         "signed as camo's are:\n# /{digest}/{URL} and /{digest}?url={URL}.\n"
                         "camo {\n") < 0 ||
        put_all(out, CONFIG_CAMO, "    ") < 0 ||
        buffer_puts(out, "}\n\n# URLs of imgproxy, /{signature}/{option}/.../plain/{URL}[@{format}].\n"
                         "imgproxy {\n") < 0 ||
        put_all(out, CONFIG_IMGPROXY, "    ") < 0 ||
        buffer_puts(out, "}\n\n# JSON for applications: /_visage/rewrite replaces URLs of pictures in "
                         "it by those that they have\n# here.\nrewrite {\n") < 0 ||
        put_all(out, CONFIG_REWRITE, "    ") < 0 ||
        buffer_puts(out, "}\n\n# source NAME { ... }: where originals come from.\n") < 0 ||
        put_all_prose(out, CONFIG_SOURCE) < 0 || buffer_puts(out, "\n") < 0 ||
        buffer_puts(out, sources) < 0 ||
        buffer_puts(out, "\n# rest NAME { ... }: URLs that a front end knows already, for pictures that it "
                         "shows, uploads\n# and deletes.\n") < 0 ||
        put_all_prose(out, CONFIG_REST) < 0 || buffer_puts(out, "\n") < 0 ||
        buffer_puts(out, rests) < 0)
        return -ENOMEM;
    return 0;
}
