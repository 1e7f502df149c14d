/* SPDX-License-Identifier: MIT
 *
 * The manual page of the configuration, which is what man/visage.conf.5 is: its
 * list of keys is written from the table, so that none can be missing or out of
 * date. In mdoc; a sentence begins a line, as the language wants it.
 */
#include "base/config.h"

#include <errno.h>
#include <string.h>

#include "base/buffer.h"
#include "base/config_table.h"
#include "base/config_value.h"
#include "base/config_written.h"

#define COLUMNS 72

static const char head[] =
    ".\\\" SPDX-License-Identifier: MIT\n"
    ".\\\" Written by `visage check --print-manual`.\n"
    ".Dd November 21, 2026\n"
    ".Dt VISAGE.CONF 5\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm visage.conf\n"
    ".Nd configuration of the avatar cache Visage\n"
    ".Sh DESCRIPTION\n"
    "The workers\n"
    ".Pq Xr visage.fcgi 8 ,\n"
    "the keeper\n"
    ".Pq Xr visage-keeper 8\n"
    "and the command line\n"
    ".Pq Xr visage 1\n"
    "read one file: the one that\n"
    ".Fl c\n"
    "names, else the one that the environment variable\n"
    ".Ev VISAGE_CONF\n"
    "names, else\n"
    ".Pa /etc/visage/visage.conf ,\n"
    "below the directory that it was built for.\n"
    "Workers read it anew on\n"
    ".Dv SIGHUP ,\n"
    "and stay with the old one if the new one has a mistake.\n"
    ".Pp\n"
    "The file has settings,\n"
    ".Ql key = value ,\n"
    "and sections,\n"
    ".Ql name { ... } ,\n"
    "some of which have a title and may stand several times.\n"
    "What is behind a\n"
    ".Ql #\n"
    "or between\n"
    ".Ql /*\n"
    "and\n"
    ".Ql */\n"
    "is a comment.\n"
    "Each key may be left out; an unknown one is a mistake.\n"
    ".Bl -tag -width Ds\n"
    ".It Text\n"
    "stands in quotes.\n"
    "In double quotes, a backslash makes the next backslash or quote an ordinary one;\n"
    "in single quotes it is one itself.\n"
    "Words of letters, digits and\n"
    ".Ql / ,\n"
    ".Ql \\&. ,\n"
    ".Ql _\n"
    "and\n"
    ".Ql -\n"
    "need no quotes.\n"
    "Nothing is replaced from the environment.\n"
    ".It Sizes\n"
    "are bytes, or a number with\n"
    ".Ql K ,\n"
    ".Ql M ,\n"
    ".Ql G\n"
    "or\n"
    ".Ql T ,\n"
    "for powers of 1024.\n"
    ".It Times\n"
    "are seconds, or a number with\n"
    ".Ql ms ,\n"
    ".Ql s ,\n"
    ".Ql m ,\n"
    ".Ql h\n"
    "or\n"
    ".Ql d .\n"
    ".It Lists\n"
    "stand in braces, with commas in between.\n"
    ".El\n"
    ".Pp\n"
    ".Ic visage check\n"
    "tells what is wrong in a file, and where, and what of it this machine does not\n"
    "give.\n";

static const struct {
    enum config_section section;
    const char *head;
} sections[] = {
    {CONFIG_ROOT, ".Sh KEYS OUTSIDE OF SECTIONS\n"},
    {CONFIG_PRESET,
     ".Sh PRESETS\n"
     "A section\n"
     ".Ic preset Ar name No { ... }\n"
     "is a rendering that URLs ask for by its name:\n"
     ".Dl /{preset}[@2x|@3x]/{source}/{id}[.webp|.jpg|.png]\n"
     ".Dl /v/{version}/{preset}[@2x|@3x]/{source}/{id}{.webp|.jpg|.png}\n"
     "No preset may be called v, or s and a number.\n"},
    {CONFIG_FETCH, ".Sh SECTION fetch\nHow originals are fetched.\n"},
    {CONFIG_RENDER, ".Sh SECTION render\nHow pictures are drawn.\n"},
    {CONFIG_STORE, ".Sh SECTION store\nWhere uploads are kept.\n"},
    {CONFIG_LIMIT, ".Sh SECTION limit\nHow much one client may ask for.\n"},
    {CONFIG_ADMIN, ".Sh SECTION admin\n"
                   "Who may see\n"
                   ".Pa /_visage/status ,\n"
                   ".Pa /_visage/metrics\n"
                   "and\n"
                   ".Pa /_visage/health ,\n"
                   "and purge by\n"
                   ".Pa /_visage/purge .\n"
                   "Where neither addresses nor a token are set, nothing of it exists.\n"},
    {CONFIG_ATPROTO, ".Sh SECTION atproto\n"
                     "Pictures of atproto's accounts, with the URLs that Coves and Bluesky use:\n"
                     ".Dl /img/{preset}/plain/{did}/{cid}[@jpeg|@webp|@png]\n"},
    {CONFIG_CAMO, ".Sh SECTION camo\n"
                  "Pictures of the web, passed on as they are.\n"
                  "Their URLs are signed: the digest is the HMAC-SHA1 of the picture's URL,\n"
                  "in hexadecimal digits or in base64 for URLs without padding, and\n"
                  "the URL stands in the same digits behind it, or percent-encoded in the query.\n"
                  ".Dl /{digest}/{URL}\n"
                  ".Dl /{digest}?url={URL}\n"},
    {CONFIG_IMGPROXY, ".Sh SECTION imgproxy\n"
                      "URLs of the image proxy of that name,\n"
                      ".Dl /{signature}/{option}/.../plain/{URL}[@{format}]\n"
                      "or with the picture's URL in Base64.\n"},
    {CONFIG_GRAVATAR, ".Sh SECTION gravatar\n"
                      "URLs as clients of Gravatar and Libravatar make them:\n"
                      ".Dl /avatar/{hash}[.webp|.jpg|.jpeg|.png|.gif]?s=&d=&f=&r=\n"},
    {CONFIG_REWRITE, ".Sh SECTION rewrite\n"
                     "JSON that an application posts to\n"
                     ".Pa /_visage/rewrite ,\n"
                     "see\n"
                     ".Xr visage.fcgi 8 :\n"
                     "URLs of pictures in it are replaced by those that the pictures have here.\n"},
    {CONFIG_SOURCE, ".Sh SOURCES\n"
                    "A section\n"
                    ".Ic source Ar name No { ... }\n"
                    "says where originals come from.\n"},
    {CONFIG_REST, ".Sh REST\n"
                  "A section\n"
                  ".Ic rest Ar name No { ... }\n"
                  "gives a front end the URLs that it knows already, for pictures that it shows,\n"
                  "uploads and deletes.\n"},
};

static const char tail[] =
    ".Sh FILES\n"
    ".Bl -tag -width Ds\n"
    ".It Pa /etc/visage/visage.conf\n"
    "where nothing else is said.\n"
    "It is installed with every key and its default or an example, which\n"
    ".Ic visage check --print-reference\n"
    "prints, too.\n"
    ".El\n"
    ".Sh EXAMPLES\n"
    "Pictures of Gravatar, and of Azure DevOps with an access token, which stands\n"
    "alone in a file of mode 0600 that belongs to the workers' user:\n"
    ".Bd -literal -offset indent\n"
    "cache_size = \"10G\"\n"
    "preset avatar { width = 360 height = 360 }\n"
    "source gravatar {\n"
    "    url = \"https://gravatar.com/avatar/{id}?s=512&d=404\"\n"
    "    id_pattern = \"[0-9a-f]{32}|[0-9a-f]{64}\"\n"
    "    fallback_not_found = identicon\n"
    "}\n"
    "source azure {\n"
    "    url = \"https://dev.azure.com/contoso/_apis/GraphProfile/MemberAvatars/{id}\"\n"
    "    headers = {\"X-TFS-FedAuthRedirect: Suppress\"}\n"
    "    username = \"\"\n"
    "    password_file = \"/etc/visage/azure.pat\"\n"
    "}\n"
    ".Ed\n"
    ".Sh SEE ALSO\n"
    ".Xr visage 1 ,\n"
    ".Xr regex 7 ,\n"
    ".Xr visage-keeper 8 ,\n"
    ".Xr visage.fcgi 8\n";

/* ---- text ---- */

struct prose {
    struct buffer *out;
    size_t column;
};

/* Written as it is: names and values, which are to be neither hyphenated nor given the signs of
 * print. */
static bool is_literal(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (strchr("\"/_{=", word[i]) || (i == 0 && word[i] == '-'))
            return true;
    return false;
}

/* Returns the byte as mdoc writes it. */
static const char *escape(char byte, bool literal, char out[2])
{
    if (byte == '\\')
        return "\\e";
    if (byte == '-' && literal)
        return "\\-";
    out[0] = byte;
    out[1] = '\0';
    return out;
}

/* A word without its blanks; what would be read as a command is guarded. */
static int put_word(struct prose *p, const char *word, size_t length)
{
    bool first = p->column == 0, literal = is_literal(word, length);
    char plain[2];

    if (!first && p->column + 1 + length > COLUMNS) {
        if (buffer_puts(p->out, "\n") < 0)
            return -ENOMEM;
        p->column = 0;
        first = true;
    }
    if ((first && strchr(".'", *word) && buffer_puts(p->out, "\\&") < 0) ||
        (!first && buffer_puts(p->out, " ") < 0) ||
        (literal && buffer_puts(p->out, "\\%") < 0))
        return -ENOMEM;
    for (size_t i = 0; i < length; i++)
        if (buffer_puts(p->out, escape(word[i], literal, plain)) < 0)
            return -ENOMEM;
    p->column += length + !first;
    return 0;
}

static int end_line(struct prose *p)
{
    if (p->column == 0)
        return 0;
    p->column = 0;
    return buffer_puts(p->out, "\n");
}

static int put_prose(struct prose *p, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, " ");

        if (put_word(p, text, length) < 0)
            return -ENOMEM;
        if (length > 1 && text[length - 1] == '.' && end_line(p) < 0)
            return -ENOMEM;
        text += length;
        text += strspn(text, " ");
    }
    return 0;
}

/* ---- keys ---- */

static int put_default(struct buffer *line, const struct config_key *key)
{
    if (key->fallback && !key->shown)
        return buffer_puts(line, "Default: ") < 0 || config_put_value(line, key) < 0 ||
                       buffer_puts(line, ".") < 0
                   ? -ENOMEM
                   : 0;
    if (!key->shown)
        return 0;
    return buffer_puts(line, "Example: ") < 0 || config_put_value(line, key) < 0 ||
                   buffer_puts(line, ".") < 0
               ? -ENOMEM
               : 0;
}

static int put_key(struct buffer *out, const struct config_key *key)
{
    char allowed[CONFIG_WHY_MAX];
    struct prose prose = {.out = out};
    struct buffer line = {0};
    int rc = -ENOMEM;

    config_value_describe(key, allowed);
    if (buffer_printf(&line, "Allowed: %s. ", allowed) < 0 || put_default(&line, key) < 0 ||
        buffer_printf(out, ".It Ic %s\n", key->name) < 0 || put_prose(&prose, key->doc) < 0 ||
        end_line(&prose) < 0 ||
        (key->alternative && buffer_puts(out, "It excludes the key before it.\n") < 0))
        goto out;
    rc = put_prose(&prose, line.data) < 0 || end_line(&prose) < 0 ? -ENOMEM : 0;
out:
    buffer_free(&line);
    return rc;
}

static int put_section(struct buffer *out, enum config_section section)
{
    const struct config_keys *keys = config_section_keys(section);

    if (buffer_puts(out, ".Bl -tag -width Ds\n") < 0)
        return -ENOMEM;
    for (size_t i = 0; i < keys->count; i++)
        if (put_key(out, &keys->items[i]) < 0)
            return -ENOMEM;
    return buffer_puts(out, ".El\n");
}

int config_write_manual(struct buffer *out)
{
    if (buffer_puts(out, head) < 0)
        return -ENOMEM;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
        if (buffer_puts(out, sections[i].head) < 0 || put_section(out, sections[i].section) < 0)
            return -ENOMEM;
    return buffer_puts(out, tail);
}
