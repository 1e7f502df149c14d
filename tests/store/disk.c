/* SPDX-License-Identifier: MIT */
#include "store/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512u

/* How deep things are: root/state/store/blobs/ab. */
enum { ROOT, STATE, TOP, BLOBS, FIRST };

struct bytes {
    unsigned char *data;
    size_t length;
};

struct name {
    char text[72];
    struct node *node;
};

struct names {
    struct name *list;
    size_t count;
};

/* What was done since the last sync. */
struct pending {
    struct bytes bytes; /* of a file */
    size_t offset;
    bool adds;          /* a name; else it takes it away */
    bool replaces;      /* what had the name */
    struct name name;
};

struct node {
    struct node *next;
    uint64_t inode;
    unsigned depth;
    bool directory;
    bool records; /* store.mdb */
    struct bytes seen, durable;
    struct names seen_names, durable_names;
    struct pending *pending;
    size_t pending_count;
};

struct disk {
    struct node *nodes, *root; /* the youngest first: inode numbers are used again */
    enum disk_blind blind;
};

static void *need(void *memory)
{
    if (!memory)
        abort();
    return memory;
}

/* ---- bytes ---- */

static void put_bytes(struct bytes *b, size_t offset, const unsigned char *data, size_t length)
{
    if (length == 0)
        return;
    if (offset + length > b->length) {
        b->data = need(realloc(b->data, offset + length));
        memset(b->data + b->length, 0, offset + length - b->length);
        b->length = offset + length;
    }
    memcpy(b->data + offset, data, length);
}

static struct bytes copy_bytes(const struct bytes *b)
{
    struct bytes copy = {NULL, 0};

    put_bytes(&copy, 0, b->data, b->length);
    return copy;
}

/* ---- names ---- */

static struct name *find_name(const struct names *names, const char *text)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->list[i].text, text) == 0)
            return &names->list[i];
    return NULL;
}

static void change_name(struct names *names, const struct name *name, bool adds)
{
    struct name *there = find_name(names, name->text);

    if (!adds) {
        if (there)
            *there = names->list[--names->count];
        return;
    }
    if (!there) {
        names->list = need(reallocarray(names->list, names->count + 1, sizeof *names->list));
        there = &names->list[names->count++];
    }
    *there = *name;
}

static struct names copy_names(const struct names *names)
{
    struct names copy = {NULL, 0};

    for (size_t i = 0; i < names->count; i++)
        change_name(&copy, &names->list[i], true);
    return copy;
}

/* ---- nodes ---- */

static struct node *new_node(struct disk *d, uint64_t inode, bool directory, unsigned depth)
{
    struct node *n = need(calloc(1, sizeof *n));

    *n = (struct node){.next = d->nodes, .inode = inode, .directory = directory, .depth = depth};
    d->nodes = n;
    return n;
}

static struct node *find_node(const struct disk *d, uint64_t inode)
{
    struct node *n = d->nodes;

    while (n && n->inode != inode)
        n = n->next;
    return n;
}

static struct pending *add_pending(struct node *n)
{
    n->pending = need(reallocarray(n->pending, n->pending_count + 1, sizeof *n->pending));
    n->pending[n->pending_count] = (struct pending){.adds = false};
    return &n->pending[n->pending_count++];
}

static void drop_pending(struct node *n)
{
    for (size_t i = 0; i < n->pending_count; i++)
        free(n->pending[i].bytes.data);
    n->pending_count = 0;
}

struct disk *disk_new(uint64_t root_inode, enum disk_blind blind)
{
    struct disk *d = need(calloc(1, sizeof *d));

    d->root = new_node(d, root_inode, true, ROOT);
    d->blind = blind;
    return d;
}

void disk_free(struct disk *d)
{
    for (struct node *n = d->nodes, *next; n; n = next) {
        next = n->next;
        drop_pending(n);
        free(n->pending);
        free(n->seen.data);
        free(n->durable.data);
        free(n->seen_names.list);
        free(n->durable_names.list);
        free(n);
    }
    free(d);
}

/* ---- what is on record ---- */

static bool apply_name(struct disk *d, const struct record *r, const unsigned char *bytes)
{
    struct node *directory = find_node(d, r->inode), *node = NULL;
    struct pending *p;

    if (!directory || !directory->directory || r->size >= sizeof p->name.text)
        return false;
    if (r->kind == RECORD_CREATE || r->kind == RECORD_MKDIR) {
        node = new_node(d, r->target, r->kind == RECORD_MKDIR, directory->depth + 1);
        node->records = r->size >= 9 && memcmp(bytes, "store.mdb", 9) == 0;
    } else if (r->kind == RECORD_LINK) {
        node = find_node(d, r->target);
    }
    if (!node && r->kind != RECORD_UNLINK)
        return false;
    p = add_pending(directory);
    p->adds = node != NULL;
    p->name.node = node;
    memcpy(p->name.text, bytes, r->size);
    change_name(&directory->seen_names, &p->name, p->adds);
    return true;
}

/* Both at one blow for who sees it; on the disk each directory comes with its own sync. */
static bool apply_rename(struct disk *d, const struct record *r, const unsigned char *bytes)
{
    const unsigned char *slash = memchr(bytes, '/', r->size);
    struct record part = *r;
    struct node *to = find_node(d, r->inode);

    if (!slash || !to)
        return false;
    part.kind = RECORD_LINK;
    part.size = (uint32_t)(slash - bytes);
    if (!apply_name(d, &part, bytes))
        return false;
    to->pending[to->pending_count - 1].replaces = true;
    part.kind = RECORD_UNLINK;
    part.inode = r->offset;
    part.size = r->size - part.size - 1;
    return apply_name(d, &part, slash + 1);
}

static bool apply_write(struct disk *d, const struct record *r, const unsigned char *bytes)
{
    struct node *n = find_node(d, r->inode);
    struct pending *p;

    if (!n || n->directory)
        return false;
    put_bytes(&n->seen, r->offset, bytes, r->size);
    p = add_pending(n);
    p->offset = r->offset;
    put_bytes(&p->bytes, 0, bytes, r->size);
    return true;
}

static bool has_pending(const struct node *n, bool adds)
{
    for (size_t i = 0; i < n->pending_count; i++)
        if (n->pending[i].adds == adds)
            return true;
    return false;
}

static bool has_replaced(const struct node *n)
{
    for (size_t i = 0; i < n->pending_count; i++)
        if (n->pending[i].replaces)
            return true;
    return false;
}

static bool sees_sync(const struct disk *d, const struct node *n)
{
    switch (d->blind) {
    case DISK_NO_ABOVE:
        return n->depth != ROOT;
    case DISK_NO_STATE:
        return n->depth != STATE;
    case DISK_NO_TOP:
        return n->depth != TOP;
    case DISK_NO_BLOBS:
        return n->depth != BLOBS || !n->directory;
    case DISK_NO_LINKED:
        return n->depth != FIRST || !n->directory || !has_pending(n, true);
    case DISK_NO_UNLINKED:
        return n->depth != FIRST || !n->directory || !has_pending(n, false);
    case DISK_NO_REPLACED:
        return !n->directory || !has_replaced(n);
    case DISK_NO_UPLOAD:
        return n->directory || n->records;
    case DISK_NO_RECORDS:
        return !n->records;
    default:
        return true;
    }
}

static void sync_node(const struct disk *d, struct node *n)
{
    if (!sees_sync(d, n))
        return;
    drop_pending(n);
    free(n->durable.data);
    free(n->durable_names.list);
    n->durable = copy_bytes(&n->seen);
    n->durable_names = copy_names(&n->seen_names);
}

static bool apply_sync(struct disk *d, const struct record *r)
{
    struct node *n = find_node(d, r->inode);

    if (n)
        sync_node(d, n);
    return n;
}

static bool apply_sync_all(struct disk *d)
{
    if (d->blind == DISK_NO_ALL)
        return true;
    for (struct node *n = d->nodes; n; n = n->next)
        sync_node(d, n);
    return true;
}

/* What was written there before and might still come to the disk must not undo it. */
static void overwrite_pending(struct pending *p, const struct node *n, size_t from, size_t to)
{
    size_t start = p->offset > from ? p->offset : from;
    size_t end = p->offset + p->bytes.length < to ? p->offset + p->bytes.length : to;

    if (start < end)
        memcpy(p->bytes.data + (start - p->offset), n->seen.data + start, end - start);
}

static bool apply_sync_range(struct disk *d, const struct record *r)
{
    struct node *n = find_node(d, r->inode);

    if (!n || n->directory || r->offset + r->target > n->seen.length)
        return false;
    if (d->blind == DISK_NO_META)
        return true;
    put_bytes(&n->durable, r->offset, n->seen.data + r->offset, r->target);
    for (size_t i = 0; i < n->pending_count; i++)
        overwrite_pending(&n->pending[i], n, r->offset, r->offset + r->target);
    return true;
}

bool disk_apply(struct disk *d, const struct record *r, const unsigned char *bytes)
{
    switch (r->kind) {
    case RECORD_MARK:
        return true;
    case RECORD_CREATE:
    case RECORD_MKDIR:
    case RECORD_LINK:
    case RECORD_UNLINK:
        return apply_name(d, r, bytes);
    case RECORD_RENAME:
        return apply_rename(d, r, bytes);
    case RECORD_WRITE:
        return apply_write(d, r, bytes);
    case RECORD_SYNC:
        return apply_sync(d, r);
    case RECORD_SYNC_ALL:
        return apply_sync_all(d);
    case RECORD_SYNC_RANGE:
        return apply_sync_range(d, r);
    default:
        return false;
    }
}

/* ---- images ---- */

static uint32_t next_random(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 16;
}

/* Each sector of each write may have come to the disk. */
static void put_some(struct bytes *out, const struct pending *p, uint32_t *random)
{
    size_t end = p->offset + p->bytes.length, next;

    for (size_t at = p->offset; at < end; at = next) {
        next = (at / SECTOR + 1) * SECTOR;
        next = next < end ? next : end;
        if (next_random(random) & 1)
            put_bytes(out, at, p->bytes.data + (at - p->offset), next - at);
    }
}

static struct bytes bytes_after(const struct node *n, enum disk_loss loss, uint32_t *random)
{
    struct bytes out = copy_bytes(loss == DISK_LOSES_NOTHING ? &n->seen : &n->durable);

    for (size_t i = 0; loss == DISK_LOSES_SOME && i < n->pending_count; i++)
        put_some(&out, &n->pending[i], random);
    return out;
}

static struct names names_after(const struct node *n, enum disk_loss loss, uint32_t *random)
{
    struct names out = copy_names(loss == DISK_LOSES_NOTHING ? &n->seen_names : &n->durable_names);

    for (size_t i = 0; loss == DISK_LOSES_SOME && i < n->pending_count; i++)
        if (next_random(random) & 1)
            change_name(&out, &n->pending[i].name, n->pending[i].adds);
    return out;
}

static void add_files(struct disk_image *image, const struct node *n, const char *path,
                      enum disk_loss loss, uint32_t *random)
{
    struct names names = names_after(n, loss, random);

    for (size_t i = 0; i < names.count; i++) {
        const struct node *child = names.list[i].node;
        struct disk_file file = {.directory = child->directory};

        snprintf(file.path, sizeof file.path, "%.80s/%.71s", path, names.list[i].text);
        if (!child->directory) {
            struct bytes bytes = bytes_after(child, loss, random);

            file.bytes = bytes.data;
            file.length = bytes.length;
        }
        image->files = need(reallocarray(image->files, image->count + 1, sizeof *image->files));
        image->files[image->count++] = file;
        if (child->directory)
            add_files(image, child, file.path, loss, random);
    }
    free(names.list);
}

struct disk_image disk_image(const struct disk *d, enum disk_loss loss, uint32_t *random)
{
    struct disk_image image = {NULL, 0};

    add_files(&image, d->root, "", loss, random);
    return image;
}

void disk_image_free(struct disk_image *image)
{
    for (size_t i = 0; i < image->count; i++)
        free(image->files[i].bytes);
    free(image->files);
    *image = (struct disk_image){NULL, 0};
}
