/* SPDX-License-Identifier: MIT
 *
 * Uploads through a rig's web server, and what its store has of them. Trouble ends the test.
 */
#ifndef VISAGE_TESTS_RIG_UPLOADS_H
#define VISAGE_TESTS_RIG_UPLOADS_H

#include "rig/rig.h"
#include "store/store.h"

#define UPLOADS_BOUNDARY "----VisageTestBoundary7MA4"
#define UPLOADS_FORM "Content-Type: multipart/form-data; boundary=" UPLOADS_BOUNDARY
#define UPLOADS_VERSION_SIZE 17

/* The request with these bytes as its body, and with `fields`, up to a NULL. Returns the status. */
int uploads_send(struct rig *rig, const char *method, const char *target, const char *const *fields,
                 const void *bytes, size_t length);

/* Adds a part to a form as browsers write it; a filename of NULL makes it a plain field. */
void uploads_add_part(struct buffer *form, const char *name, const char *filename,
                      const char *type, const void *bytes, size_t length);
void uploads_end_form(struct buffer *form);

/* A form that has the bytes in this field. `fields` has up to 3, beside its type. */
int uploads_send_form(struct rig *rig, const char *method, const char *target,
                      const char *const *fields, const char *name, const void *bytes,
                      size_t length);

/* The version that such bytes are, kept as they come. */
void uploads_version(const void *bytes, size_t length, char version[UPLOADS_VERSION_SIZE]);

/* What the store has of "source/id"; false if nothing. `bytes` may be NULL, else it is cleared and
 * filled. */
bool uploads_find(const struct rig *rig, const char *subject, struct store_picture *out,
                  struct buffer *bytes);

/* Files in the store's directories: "tmp", "blobs". */
unsigned uploads_files(const struct rig *rig, const char *directory);

/* Waits until there are so many in tmp/. */
bool uploads_await_temporary(const struct rig *rig, unsigned count, int64_t timeout_ms);

/* Whether `needle` is among the bytes. */
bool uploads_contain(const struct buffer *bytes, const char *needle);

#endif
