/* SPDX-License-Identifier: MIT
 *
 * Uploads: pictures that people have given, of which there is no other copy. What was
 * acknowledged is on disk: it survives kill -9 and loss of power, and nothing evicts it.
 *
 * directory/
 *   store.mdb     who has which picture (store_record.h); every commit is synced
 *   blobs/ab/..   the pictures' bytes, named by their SHA-256 like the cache's
 *   tmp/          uploads that are coming in; each is locked by who writes it
 *
 * The order of a commit: the file's bytes are synced, it is linked into blobs/, the
 * directory is synced, then the transaction that names it is committed, which syncs, too. What
 * that displaces is unlinked afterwards, and that is synced. What another process has done counts
 * only when it was synced by one's own hand: the other may have been killed before. So whatever is
 * on record is there, whole, at any moment.
 */
#ifndef VISAGE_STORE_STORE_H
#define VISAGE_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/digest.h"
#include "base/picture.h"

#define STORE_SUBJECT_MAX 4096 /* "source/id" as in canonical texts, NUL included */
#define STORE_TEMP_SIZE 32
#define STORE_KEEP_ALL UINT32_MAX /* as many versions as there are */

struct store;

/* One version of somebody's picture. */
struct store_picture {
    struct digest digest;    /* of the bytes: what they are kept under, and the version in URLs */
    enum picture_type type;
    uint32_t width, height;  /* in pixels, after orientation */
    uint64_t length;         /* bytes */
    int64_t uploaded_ms;     /* wall clock; store_commit() and store_restore() make it later by a second
                                at least than that of the picture before */
    uint64_t sequence;       /* order of uploads in this store; set by store_commit() */
};

/* Opens or creates the directory, and removes what killed processes left in tmp/. Returns 0 or a
 * negative errno with a message. Must be called after any fork, once in a process. */
int store_open(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX]);

/* The same of a store that is there, to look at alone: nothing is made or removed, whoever asks, and
 * nothing below that changes anything may be called. -ENOENT if there is none. */
int store_open_to_look(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX]);

/* The same where it does not matter if there is one: *out is NULL after 0 if not. */
int store_open_visitor(const char *directory, struct store **out, char error[CONFIG_ERROR_MAX]);

/* Frees *store and clears the pointer; NULL is fine. */
void store_close(struct store **store);

/* ---- reading ---- */

/* The current picture of "source/id". Returns 0, -ENOENT or another negative errno. */
int store_find(struct store *store, const char *subject, struct store_picture *out);

/* The bytes of a picture: a descriptor, or a negative errno (-ENOENT: it was replaced or deleted
 * just now: look again). */
int store_open_blob(struct store *store, const struct digest *digest);

/* Reads it all, and leaves the descriptor's place where it is. Returns 0 if it has this length and
 * digest, -EBADMSG if it is damaged, or another negative errno. */
int store_check_bytes(int fd, const struct digest *digest, uint64_t length);

/* Calls `each` with every subject's current picture in an order of its own, from the one after
 * `from` on (NULL: the first), until it returns other than 0, which is then returned, or `count`
 * have been seen; *last then is where to go on, and *done tells if that was all. */
typedef int store_each(const char *subject, const struct store_picture *picture, void *context);
int store_walk(struct store *store, const struct digest *from, size_t count, store_each *each,
               void *context, struct digest *last, bool *done);

/* Calls `each` with the versions of a subject, the current one first. */
int store_history(struct store *store, const char *subject, store_each *each, void *context);

struct store_stats {
    uint64_t subjects;
    uint64_t versions; /* the current ones included */
    uint64_t blobs;
    uint64_t bytes;    /* of blobs */
};
int store_stats(struct store *store, struct store_stats *out);

/* What is free on its disk for who is not root. Returns 0 or a negative errno. */
int store_free_bytes(const struct store *store, uint64_t *out);

/* Whether with so many bytes more at least `floor` would stay free there, for deletions need it, and
 * so does everybody else. True where there is no floor, or it cannot be told; false with what is free
 * in *available. */
bool store_has_room(const struct store *store, uint64_t bytes, uint64_t floor, uint64_t *available);

/* ---- uploading ---- */

/* A picture that is coming in. */
struct store_upload {
    struct store *store;
    struct digest_stream *stream;
    int fd;                     /* -1 when ended */
    uint64_t length;            /* bytes so far */
    char temp[STORE_TEMP_SIZE]; /* its name in tmp/ */
};

/* Starts one. After 0 it must be ended with store_commit() or store_upload_abort(). */
int store_upload_begin(struct store *store, struct store_upload *u);

/* Adds bytes. Returns 0 or a negative errno, -ENOSPC among them. */
int store_upload_add(struct store_upload *u, const void *bytes, size_t length);

/* The digest of all that was added; nothing may be added afterwards. Returns 0 or -EIO. */
int store_upload_finish(struct store_upload *u, struct digest *out);

/* A descriptor on the content that cannot be written through; the caller's to close. */
int store_upload_open_readonly(const struct store_upload *u);

/* Ends it and removes its file. Harmless on one that has ended. */
void store_upload_abort(struct store_upload *u);

/* What must hold for a change to be made: guards against lost updates (RFC 9110 section 13.1). */
struct store_condition {
    enum {
        STORE_ALWAYS,
        STORE_IF_THERE,  /* If-Match: * */
        STORE_IF_ABSENT, /* If-None-Match: * */
        STORE_IF_VERSION /* If-Match with a version: */
    } kind;
    struct digest version;
};

/* What a change took away for ever. */
struct store_removed {
    uint64_t versions;
    uint64_t blobs;
    uint64_t bytes;
};

/* Makes the finished upload the current picture of the subject, of which at most `keep` versions
 * stay, the current one among them (-EINVAL: 0). Bytes that are one of them already are no further one:
 * that becomes the current one, with this date. When it returns 0 that is on disk, and `p->sequence` and
 * its date are set. *removed may be NULL. Returns a negative errno after which nothing has changed:
 * -ECANCELED the condition does not hold, -ENOSPC. The upload is ended in all cases. */
int store_commit(struct store_upload *u, const char *subject, struct store_picture *p, uint32_t keep,
                 const struct store_condition *condition, struct store_removed *removed);

/* One of several. */
struct store_put {
    struct store_upload *upload; /* in this store */
    const char *subject;
    struct store_picture *picture;
    uint32_t keep;
    const struct store_condition *condition;
};

/* The same for several at once, in this order: their files, their names and their records are each
 * brought to disk together. rcs[i] is what store_commit() would return for each: what is against
 * one is not against the others, unless the records cannot be written, or those of one are damaged
 * (-EUCLEAN): then none of them is taken. */
void store_commit_all(struct store *store, const struct store_put *puts, size_t count, int *rcs);

/* Deletes the subject's picture with all its versions. When it returns 0 that is on disk; the files
 * that nobody else uses are gone once store_settle_subject() has said so. Returns -ENOENT,
 * -ECANCELED or another negative errno. */
int store_delete(struct store *store, const char *subject, const struct store_condition *condition,
                 struct store_removed *removed);

/* Makes an earlier version the current one again: the one whose digest begins with these digits, as
 * URLs have them. Returns 0 with *out, -ENOENT, -ENOTUNIQ where they fit several, -EBADMSG where
 * its bytes are damaged or missing, or another negative errno. */
int store_restore(struct store *store, const char *subject, const char *digits, int64_t now_ms,
                  struct store_picture *out);

/* Unlinks what changes have left to be unlinked, whosever, and what nobody uses. That may not be done
 * while a backup is completed: waits for that, but not longer than `wait_ms`. Returns 0 when nothing is
 * left; -EAGAIN or another negative errno while there is: it stays on record. A file that cannot be
 * unlinked does not keep others. */
int store_settle(struct store *store, int64_t wait_ms);

/* The same where it matters only what changes of this subject have left: others' files are neither
 * waited for nor told of. What several had is of the last of them. */
int store_settle_subject(struct store *store, const char *subject, int64_t wait_ms);

/* ---- what was drawn before ---- */

/* What was drawn of the subject has been purged, if its change was among those that this process
 * has made last. Until this is said the change owes that, on disk, whoever is killed. */
void store_purged(struct store *store, const char *subject);

/* The purge could not be made: somebody else is to. Returns 0 or a negative errno. */
int store_purge_failed(struct store *store, const char *subject);

/* Calls `purge` with each subject that a purge is owed, whoever made the change, and takes those
 * off the record for which it returns 0: those that failed, and those of changes up to the one
 * `until` (UINT64_MAX: all). What was purged stands on record, too, until its process makes the
 * next change: who comes again and again leaves recent ones alone, so that little is purged twice,
 * and nothing more often. Returns 0 or a negative errno. */
typedef int store_purge(const char *subject, void *context);
int store_purge_owed(struct store *store, uint64_t until, store_purge *purge, void *context);

/* Up to which change purges have been owed for this long: as it was found by an earlier call, of
 * whatever process, at least so long ago; 0 if there was none. Returns 0 or a negative errno. */
int store_long_owed(struct store *store, int64_t now_ms, int64_t age_ms, uint64_t *until);

/* Removes what nothing refers to: files in tmp/ whose writers have died, and blobs that were linked
 * before somebody was killed, or the power failed, short of the commit. Returns how many, or a
 * negative errno. */
int store_sweep(struct store *store);

/* ---- backup ---- */

struct store_copied {
    uint64_t linked, copied; /* files */
};

/* Makes a copy, as of one moment, in a directory that is empty or not there: a store itself, once
 * it has been opened. Files are linked where that can be. Changes go on; what they displace is
 * unlinked at the end. `stop` (NULL: never) is asked at each file. Returns 0, -ENOTEMPTY, -EINTR
 * when it was to stop, or another negative errno. Files that are lost or damaged in this store are
 * so in the copy. */
typedef bool store_stop(void);
int store_backup(struct store *store, const char *directory, store_stop *stop,
                 struct store_copied *out);

/* ---- care ---- */

/* Only so many versions of the subject's picture stay, as in store_commit(). When it returns 0 that
 * is on disk. Returns -ENOENT or another negative errno. */
int store_trim(struct store *store, const char *subject, uint32_t keep, struct store_removed *removed);

/* How many versions of a subject are to be kept. Called within a transaction of the store's. */
typedef uint32_t store_keep(const char *subject, void *context);

/* The same for all that have more. Returns 0 with how many versions went, or a negative errno. */
int store_trim_all(struct store *store, store_keep *keep, void *context, uint64_t *versions);

/* Removes files in tmp/ whose writers have died. Returns how many, or a negative errno. */
int store_sweep_temporary(struct store *store);

/* How far a round through the store is; zero at the start. */
struct store_round {
    unsigned directory;         /* of blobs/, 0..256 */
    struct digest next_subject;
    uint64_t files, versions;   /* removed so far */
};

/* A step of some milliseconds: sweeps one of the 256 directories, then trims some hundred versions.
 * Returns 0, or a negative errno; *done tells if that was all. */
int store_round_step(struct store *store, struct store_round *round, store_keep *keep, void *context,
                     bool *done);

/* When the last round ended, by the wall clock, whoever made it; 0 if there was none, or somebody was
 * killed in an upload since, so that one is due. Returns 0 or a negative errno. */
int store_last_round(struct store *store, int64_t *when_ms);
int store_note_round(struct store *store, int64_t when_ms);

#endif
