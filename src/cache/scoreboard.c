/* SPDX-License-Identifier: MIT */
#include "cache/scoreboard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x56495342u /* "VISB" */
#define LAYOUT_VERSION 1u

struct header {
    _Atomic uint32_t magic; /* written last by whoever creates the file */
    uint32_t version;
    uint32_t slot_size;
    uint32_t slots;
    uint32_t recency;
    uint32_t zero[11];
};

struct layout {
    struct header header;
    struct scoreboard_slot slots[SCOREBOARD_SLOTS];
    _Atomic uint8_t recency[SCOREBOARD_RECENCY];
};

struct scoreboard {
    struct layout *map;
};

static int allocate(int fd)
{
    struct stat st;
    int rc;

    if (fstat(fd, &st) != 0)
        return -errno;
    if (st.st_size == (off_t)sizeof(struct layout))
        return 0;
    if (st.st_size != 0)
        return -EUCLEAN;
    rc = posix_fallocate(fd, 0, (off_t)sizeof(struct layout));
    return -rc;
}

/* Called under the start lock, so that only one process fills an empty header. */
static int check_header(struct header *h)
{
    if (atomic_load(&h->magic) == 0) {
        h->version = LAYOUT_VERSION;
        h->slot_size = sizeof(struct scoreboard_slot);
        h->slots = SCOREBOARD_SLOTS;
        h->recency = SCOREBOARD_RECENCY;
        atomic_store(&h->magic, MAGIC);
        return 0;
    }
    if (h->magic != MAGIC || h->version != LAYOUT_VERSION || h->slots != SCOREBOARD_SLOTS ||
        h->slot_size != sizeof(struct scoreboard_slot) || h->recency != SCOREBOARD_RECENCY)
        return -EUCLEAN;
    return 0;
}

int scoreboard_open(const char *path, unsigned mode, struct scoreboard **out)
{
    struct scoreboard *board;
    struct layout *map;
    int fd, rc;

    *out = NULL;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0)
        return -errno;
    rc = allocate(fd);
    if (rc) {
        close(fd);
        return rc;
    }
    map = mmap(NULL, sizeof *map, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    rc = map == MAP_FAILED ? -errno : 0;
    close(fd);
    if (rc)
        return rc;
    rc = check_header(&map->header);
    board = rc ? NULL : calloc(1, sizeof *board);
    if (!board) {
        munmap(map, sizeof *map);
        return rc ? rc : -ENOMEM;
    }
    board->map = map;
    *out = board;
    return 0;
}

void scoreboard_close(struct scoreboard **board)
{
    if (!*board)
        return;
    munmap((*board)->map, sizeof *(*board)->map);
    free(*board);
    *board = NULL;
}

struct scoreboard_slot *scoreboard_slot(struct scoreboard *board, unsigned slot)
{
    return &board->map->slots[slot];
}

void scoreboard_touch(struct scoreboard *board, const struct digest *key)
{
    uint32_t hash;
    _Atomic uint8_t *byte;

    memcpy(&hash, key->bytes, sizeof hash);
    byte = &board->map->recency[hash & (SCOREBOARD_RECENCY - 1)];
    /* A popular key's cache line stays shared between the cores. */
    if (atomic_load_explicit(byte, memory_order_relaxed) == 0)
        atomic_store_explicit(byte, 1, memory_order_relaxed);
}

void scoreboard_count(struct scoreboard_slot *slot, enum counter counter, uint64_t amount)
{
    /* One writer for each slot: a plain load and store is enough, and cheaper. */
    uint64_t now = atomic_load_explicit(&slot->counters[counter], memory_order_relaxed);

    atomic_store_explicit(&slot->counters[counter], now + amount, memory_order_relaxed);
}

int scoreboard_pend(struct scoreboard_slot *slot, const struct digest *blob)
{
    for (int i = 0; i < SCOREBOARD_PENDING; i++)
        if (!atomic_load(&slot->pending_used[i])) {
            slot->pending[i] = *blob;
            atomic_store_explicit(&slot->pending_used[i], 1, memory_order_release);
            return i;
        }
    return -1;
}

void scoreboard_settle(struct scoreboard_slot *slot, int place)
{
    if (place >= 0)
        atomic_store_explicit(&slot->pending_used[place], 0, memory_order_release);
}

const char *scoreboard_counter_name(enum counter counter)
{
    static const char *const names[COUNTERS] = {
        [COUNT_REQUESTS] = "requests",
        [COUNT_HITS] = "hits",
        [COUNT_MISSES] = "misses",
        [COUNT_STALE] = "stale",
        [COUNT_NOT_MODIFIED] = "not-modified",
        [COUNT_ERRORS] = "errors",
        [COUNT_FETCHES] = "fetches",
        [COUNT_FETCH_FAILURES] = "fetch-failures",
        [COUNT_FETCHED_BYTES] = "fetched-bytes",
        [COUNT_RENDERS] = "renders",
        [COUNT_RENDER_FAILURES] = "render-failures",
        [COUNT_RENDERER_DEATHS] = "renderer-deaths",
        [COUNT_EVICTIONS] = "evictions",
        [COUNT_LEASE_WAITS] = "lease-waits",
        [COUNT_UNCACHED] = "uncached",
    };

    return counter < COUNTERS ? names[counter] : "unknown";
}

const char *scoreboard_state_name(uint32_t state)
{
    static const char *const names[] = {
        [WORKER_GONE] = "gone",           [WORKER_IDLE] = "idle",
        [WORKER_SERVING] = "serving",     [WORKER_FETCHING] = "fetching",
        [WORKER_RENDERING] = "rendering", [WORKER_WAITING] = "waiting",
    };

    return state < sizeof names / sizeof *names ? names[state] : "unknown";
}
