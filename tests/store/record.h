/* SPDX-License-Identifier: MIT
 *
 * What a program did to the files below a directory, in order: written by recorder.c, which is
 * linked into the program, read by the tests. Only what succeeded is in it.
 */
#ifndef VISAGE_TESTS_STORE_RECORD_H
#define VISAGE_TESTS_STORE_RECORD_H

#include <stdint.h>

/* For the recorded program, in its environment. */
#define RECORD_FILE "VISAGE_TEST_RECORD"        /* appended to; without it nothing is recorded */
#define RECORD_ROOT "VISAGE_TEST_RECORD_ROOT"   /* the directory: an absolute path without links */
#define RECORD_KILL "VISAGE_TEST_RECORD_KILL"   /* n: SIGKILL in place of the n-th step */
#define RECORD_FAIL "VISAGE_TEST_RECORD_FAIL"   /* n: the n-th step fails */
#define RECORD_ERRNO "VISAGE_TEST_RECORD_ERRNO" /* with this; else as the step may: EIO, ENOSPC .. */
#define RECORD_STRANGE "VISAGE_TEST_RECORD_STRANGE" /* "y": the file system is none that is known */
#define RECORD_ONLY "VISAGE_TEST_RECORD_ONLY"   /* "write": only writes count as steps */

enum record_kind {
    RECORD_MARK,       /* what the program says; a text */
    RECORD_CREATE,     /* of a file: its name */
    RECORD_MKDIR,      /* its name */
    RECORD_LINK,       /* another name of a file */
    RECORD_UNLINK,     /* the name */
    RECORD_RENAME,     /* it takes the place of a name: "new/old" */
    RECORD_WRITE,      /* bytes */
    RECORD_SYNC,       /* of a file or directory */
    RECORD_SYNC_ALL,   /* of the file system */
    RECORD_SYNC_RANGE, /* of what a write through O_DSYNC has written */
    RECORD_OTHER,      /* something else; its name */
    RECORD_KINDS
};

/* `size` bytes follow. */
struct record {
    uint32_t kind;
    uint32_t size;
    uint64_t inode;  /* the directory of a name; else the file or directory */
    uint64_t target; /* what the name stands for; the length of a range */
    uint64_t offset; /* of bytes; the directory of a name that goes */
};

/* Writes a mark. */
void recorder_mark(const char *text);

#endif
