/* SPDX-License-Identifier: MIT
 *
 * bench-import rows COUNT
 * bench-import commit DIRECTORY COUNT TOGETHER
 *
 * The first prints a table for `visage import`, of so many tiny PNGs, each another one. The second puts as
 * many files of that size into a new store, which is made in the directory, so many with each commit,
 * and prints how many a second.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/clock.h"
#include "origin/pictures.h"
#include "store/store.h"

#define SIDE 12
#define LENGTH 466u /* of such a picture */
#define TOGETHER_MAX 1024ul
#define ENCODED_MAX 4096u

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench-import: %s\n", what);
    exit(1);
}

static void print_rows(unsigned long count)
{
    char text[BASE64_SIZE(ENCODED_MAX)];
    unsigned char *bytes;
    size_t length;

    for (unsigned long i = 0; i < count; i++) {
        if (picture_make_png(SIDE, SIDE, (unsigned)i, false, &bytes, &length) != 0 ||
            length > ENCODED_MAX)
            die("cannot draw");
        base64_encode(bytes, length, text);
        printf("u%lu,image/png,%s\n", i, text);
        free(bytes);
    }
}

struct item {
    struct store_upload upload;
    struct store_picture picture;
    char subject[32];
};

static struct item items[TOGETHER_MAX];
static struct store_put list[TOGETHER_MAX];
static int rcs[TOGETHER_MAX];

static void upload(struct store *store, unsigned long number, struct item *item,
                   struct store_put *put)
{
    char bytes[LENGTH] = "";

    snprintf(bytes, sizeof bytes, "%lu", number);
    snprintf(item->subject, sizeof item->subject, "users/u%lu", number);
    item->picture = (struct store_picture){
        .type = PICTURE_PNG, .width = SIDE, .height = SIDE, .length = sizeof bytes};
    *put = (struct store_put){&item->upload, item->subject, &item->picture, 1, NULL};
    if (store_upload_begin(store, &item->upload) != 0 ||
        store_upload_add(&item->upload, bytes, sizeof bytes) != 0 ||
        store_upload_finish(&item->upload, &item->picture.digest) != 0)
        die("cannot upload");
}

static void commit(struct store *store, unsigned long first, unsigned long count)
{
    for (unsigned long i = 0; i < count; i++)
        upload(store, first + i, &items[i], &list[i]);
    store_commit_all(store, list, count, rcs);
    for (unsigned long i = 0; i < count; i++)
        if (rcs[i] != 0)
            die(strerror(-rcs[i]));
}

static void time_commits(const char *directory, unsigned long count, unsigned long together)
{
    char error[CONFIG_ERROR_MAX];
    struct store *store;
    int64_t start_ms;

    if (store_open(directory, &store, error) != 0)
        die(error);
    start_ms = clock_boot_ms();
    for (unsigned long done = 0; done < count; done += together)
        commit(store, done, count - done < together ? count - done : together);
    printf("%.1f\n", (double)count * 1000 / (double)(clock_boot_ms() - start_ms));
    store_close(&store);
}

int main(int argc, char **argv)
{
    unsigned long together = argc == 5 ? strtoul(argv[4], NULL, 10) : 0;

    if (argc == 3 && strcmp(argv[1], "rows") == 0)
        print_rows(strtoul(argv[2], NULL, 10));
    else if (argc == 5 && strcmp(argv[1], "commit") == 0 && together > 0 &&
             together <= TOGETHER_MAX)
        time_commits(argv[2], strtoul(argv[3], NULL, 10), together);
    else
        die("usage: bench-import rows COUNT | commit DIRECTORY COUNT TOGETHER");
    return 0;
}
