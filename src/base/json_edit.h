/* SPDX-License-Identifier: MIT
 *
 * Replaces strings in a JSON document (RFC 8259) and leaves every other byte as it
 * stands: blanks, the spelling of numbers and escapes, the order of members, members
 * of one name. It is read once, from the beginning to the end, without a tree and
 * without recursion.
 *
 * A string is offered for editing if it is the value of a member with one of the names
 * given, or an element of an array that is, or of an array in such an array:
 * {"url": ["a", ["b"]]}. An object counts for itself wherever it is: of {"url": {"x": "c"}}
 * and of {"url": [{"x": "c"}]} it is the name "x" that matters. Names are never edited.
 */
#ifndef VISAGE_BASE_JSON_EDIT_H
#define VISAGE_BASE_JSON_EDIT_H

#include <stddef.h>

#include "base/buffer.h"

#define JSON_EDIT_DEPTH_MAX 1024

/* Looks at a string: `text` is what it means, UTF-8 of `length` bytes, not NUL-terminated, with a
 * NUL in it where the document says \u0000, valid during the call. Returns 0 to leave it as it is
 * written, 1 with the new text, UTF-8, in `out`, which was empty; or a negative errno, which ends
 * it all. It is called in the order of the document, whose rest may turn out to be bad: what it
 * does beyond `out` must wait until json_edit() has returned 0. */
typedef int json_edit_string(void *context, const char *text, size_t length, struct buffer *out);

struct json_edit {
    char *const *names; /* compared after unescaping, and byte by byte */
    size_t name_count;
    unsigned max_depth; /* arrays and objects in each other; at most JSON_EDIT_DEPTH_MAX */
    json_edit_string *edit;
    void *context;
};

/* Appends the edited document to `out`. Returns 0, or with `out` as it was
 *   -EINVAL     it is not JSON: the grammar, bytes that are not UTF-8, a byte order mark (which
 *               section 8.1 lets one refuse), anything after the value, nothing at all,
 *   -EOVERFLOW  it is too deep,
 *   -EILSEQ     a new text is not UTF-8,
 *   -ENOMEM,
 *   or what `edit` returned.
 * *where, unless `where` is NULL, becomes the offset of the first byte that was not taken: of what
 * is wrong, or `length`. A string with an escaped surrogate that is no half of a pair is JSON but
 * no text: as a value it is never offered, and as a name it is nobody's. */
int json_edit(const struct json_edit *rules, const char *json, size_t length, struct buffer *out,
              size_t *where);

#endif
