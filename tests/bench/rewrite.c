/* SPDX-License-Identifier: MIT
 *
 * bench-rewrite make BYTES [MATCH]  prints a document of at least so many bytes, to a file;
 *                                   its URLs begin with MATCH
 * bench-rewrite edit FILE           prints it with the URLs of its pictures replaced, if they
 *                                   begin as they do without a MATCH
 * bench-rewrite time FILE COUNT     does so COUNT times in memory and prints how many MB
 *                                   that are for a second of processor time
 *
 * What is timed is the parser with a callback that copies, not the endpoint. The document is
 * what a code host's API says of pull requests: some forty members each, most of them short, and
 * people with pictures at three depths.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/json_edit.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define MATCH "https://dev.azure.com/contoso/"
#define PEOPLE 1000
#define PICTURE_OF "_api/_common/identityImage?size=2&id=%u"
#define LOCAL "https://pictures.example.org/azure/s80/"

static uint64_t state = 1;
static const char *match = MATCH; /* of the document that is made */

/* A number below `bound`, the same ones in every run (Marsaglia's xorshift). */
static unsigned draw(unsigned bound)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)(state >> 33) % bound;
}

static void put_person(const char *member)
{
    static const char *const names[] = {"Ada", "Grace", "Jos\\u00e9", "Mia", "J\xc3\xbcrgen", "Wei",
                                        "\xe5\xb1\xb1\xe7\x94\xb0", "O'Neil"};
    unsigned number = draw(PEOPLE);

    if (*member)
        printf("\"%s\":", member);
    printf("{\"id\":\"%08x-1f2e-4d3c-8b5a-%012x\",\"displayName\":\"%s %u\",", number * 2654435761u,
           number, names[number % COUNT(names)], number);
    printf("\"uniqueName\":\"user%u@contoso.example\",\"isContainer\":false,", number);
    if (number % 5 == 0)
        printf("\"imageUrl\":\"https://www.gravatar.com/avatar/%032x?d=mp\"}", number);
    else
        printf("\"imageUrl\":\"%s" PICTURE_OF "\"}", match, number);
}

static void put_words(unsigned count)
{
    static const char *const words[] = {
        "the", "cache", "of", "fix", "pictures", "when", "is", "na\xc3\xafve", "\\\"quoted\\\"",
        "request", "and", "a", "retry", "\\r\\n\\r\\n", "path\\\\to", "timeout", "in", "merge",
        "\xe2\x80\x93", "test",
    };

    for (unsigned i = 0; i < count; i++)
        printf("%s%s", i ? " " : "", words[draw(COUNT(words))]);
}

static void put_reviewers(void)
{
    unsigned count = draw(4);

    printf("\"reviewers\":[");
    for (unsigned i = 0; i < count; i++) {
        printf("%s{\"vote\":%d,\"hasDeclined\":false,", i ? "," : "", (int)draw(4) * 5 - 10);
        put_person("identity");
        printf("}");
    }
    printf("]");
}

static void put_pull_request(unsigned number)
{
    printf("{\"pullRequestId\":%u,\"codeReviewId\":%u,\"status\":\"active\",", number, number + 7);
    put_person("createdBy");
    printf(",\"creationDate\":\"2026-%02u-%02uT%02u:%02u:00.1234567Z\",\"title\":\"", draw(12) + 1,
           draw(28) + 1, draw(24), draw(60));
    put_words(4 + draw(6));
    printf("\",\"description\":\"");
    put_words(10 + draw(60));
    printf("\",\"sourceRefName\":\"refs/heads/topic/%u\",\"targetRefName\":\"refs/heads/main\","
           "\"mergeStatus\":\"succeeded\",\"isDraft\":%s,\"mergeId\":null,\"progress\":%u.%u,",
           draw(1000), draw(3) ? "false" : "true", draw(99), 1 + draw(9));
    printf("\"lastMergeCommit\":{\"commitId\":\"%08x%08x%08x%08x%08x\",\"url\":\"%s"
           "_apis/git/repositories/%u/commits/%u\"},",
           draw(~0u), draw(~0u), draw(~0u), draw(~0u), draw(~0u), match, draw(50), number);
    put_reviewers();
    printf(",\"labels\":[\"bug\",\"ui\"],\"avatarUrl\":\"%s" PICTURE_OF "\"", match,
           draw(PEOPLE));
    printf(",\"url\":\"%s_apis/git/pullRequests/%u\",\"supportsIterations\":true}", match, number);
}

static int make(unsigned long bytes)
{
    unsigned number = 0;
    long written;

    printf("{\"value\":[");
    do {
        if (number > 0)
            putchar(',');
        put_pull_request(++number);
        written = ftell(stdout);
    } while (written >= 0 && (unsigned long)written < bytes);
    printf("],\"count\":%u}\n", number);
    return written < 0 ? -1 : fflush(stdout);
}

static int move_here(void *context, const char *text, size_t length, struct buffer *out)
{
    size_t skip = strlen(MATCH);

    (void)context;
    if (length < skip || memcmp(text, MATCH, skip) != 0)
        return 0;
    if (buffer_puts(out, LOCAL) || buffer_append(out, text + skip, length - skip))
        return -1;
    return 1;
}

static int edit(const char *json, size_t length, struct buffer *out)
{
    static char *const names[] = {"avatarUrl", "imageUrl"};
    static const struct json_edit rules = {names, COUNT(names), 64, move_here, NULL};

    return json_edit(&rules, json, length, out, NULL);
}

static int print_edited(const char *json, size_t length)
{
    struct buffer out = {0};
    int rc = edit(json, length, &out);

    if (rc == 0 && fwrite(out.data, 1, out.length, stdout) != out.length)
        rc = -1;
    buffer_free(&out);
    return rc ? rc : fflush(stdout);
}

static double processor_time(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int print_speed(const char *json, size_t length, unsigned long count)
{
    struct buffer out = {0};
    int rc = edit(json, length, &out);
    double start = processor_time();

    for (unsigned long i = 0; i < count && rc == 0; i++) {
        buffer_clear(&out);
        rc = edit(json, length, &out);
    }
    if (rc == 0)
        printf("%.1f\n", (double)length * (double)count / 1e6 / (processor_time() - start));
    buffer_free(&out);
    return rc ? rc : fflush(stdout);
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    unsigned long number = argc > 2 ? strtoul(argv[argc - 1], NULL, 10) : 0;
    struct stat st;
    void *json;
    int fd, rc;

    if (strcmp(what, "make") == 0 && argc <= 4) {
        match = argc == 4 ? argv[3] : MATCH;
        return make(strtoul(argv[2], NULL, 10)) ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    if (!(strcmp(what, "edit") == 0 && argc == 3) &&
        !(strcmp(what, "time") == 0 && argc == 4 && number > 0)) {
        fprintf(stderr, "usage: bench-rewrite make BYTES [MATCH] | edit FILE | time FILE COUNT\n");
        return 2;
    }
    fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0) {
        perror(argv[2]);
        return EXIT_FAILURE;
    }
    json = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (json == MAP_FAILED) {
        perror(argv[2]);
        return EXIT_FAILURE;
    }
    rc = argc == 3 ? print_edited(json, (size_t)st.st_size)
                   : print_speed(json, (size_t)st.st_size, number);
    if (rc)
        fprintf(stderr, "bench-rewrite: %s: failed\n", argv[2]);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
