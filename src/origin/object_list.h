/* SPDX-License-Identifier: MIT
 *
 * One page of a bucket's list as a store answers it: XML (ListBucketResult of the Amazon S3 API), read as
 * it comes in. It is a stranger's: no document type, no entities of its own, no more objects than
 * were asked for.
 */
#ifndef VISAGE_ORIGIN_OBJECT_LIST_H
#define VISAGE_ORIGIN_OBJECT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OBJECT_LIST_MAX 1000u    /* objects in a page; stores give no more */
#define OBJECT_MD5_DIGITS 32

struct object {
    const char *key;     /* "" for one that no text can be: with a NUL, or too long */
    uint64_t length;     /* bytes */
    int64_t modified_ms; /* wall clock; 0: not said */
    char md5[OBJECT_MD5_DIGITS + 1]; /* of its bytes, lower case, where the entity tag is one; else "" */
};

struct object_list;

/* NULL without memory. */
struct object_list *object_list_new(void);

/* Frees *list and clears the pointer; NULL is fine. */
void object_list_free(struct object_list **list);

/* Forgets what there is, for another page. Returns 0 or -ENOMEM. */
int object_list_begin(struct object_list *list);

/* Takes some of the document. Returns 0, -EBADMSG for what is no list, -E2BIG for too much of one, or
 * -ENOMEM; then it is over. */
int object_list_feed(struct object_list *list, const char *bytes, size_t length);

/* Its end. Returns as the above. Only then it can be read. */
int object_list_finish(struct object_list *list);

size_t object_list_count(const struct object_list *list);

/* `place` is below the count. Valid until the list is begun again, or freed. */
struct object object_list_get(const struct object_list *list, size_t place);

/* Where the next page goes on; NULL: this was the last one. Valid as the above. */
const char *object_list_token(const struct object_list *list);

#endif
