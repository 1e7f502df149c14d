/* SPDX-License-Identifier: MIT
 *
 * Every file of a corpus of real and of hostile pictures goes through the real
 * renderer. What is expected of each stands in the corpus' own table; a line
 * for each class tells how many met it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "image/renderer/geometry.h"
#include "render/rig.h"

enum class { DECODES, ORIENTED, CLEAN, REFUSE, TOLERATE, OPTIONAL, CLASSES };

static const char *const class_names[CLASSES] = {"decodes",  "decodes-oriented", "decodes-clean",
                                                 "refuse",   "tolerate",         "optional"};

/* The table says that these decode, and visage refuses them. */
static const struct {
    const char *file, *reason;
} refused[] = {
    {"valid/jpeg-variant/pillow-ultrahdr.jpg",
     "the file ends where its pixels should begin; what is cut short is refused"},
};

struct tally {
    unsigned files[CLASSES], met[CLASSES], rendered[CLASSES];
    unsigned excused;
};

struct expectation {
    char file[512];
    enum class class;
    unsigned width, height; /* 0 if none are named */
};

/* Columns 1 and 9 of one line; false for the heading. */
static bool parse_line(char *line, struct expectation *e)
{
    char *save = NULL, *columns[9] = {0}, name[32] = "";
    int n = 0;

    for (char *c = strtok_r(line, "\t\n", &save); c && n < 9; c = strtok_r(NULL, "\t\n", &save))
        columns[n++] = c;
    cr_assert_eq(n, 9, "a line of the table has %d columns", n);
    if (strcmp(columns[0], "file") == 0)
        return false;
    snprintf(e->file, sizeof e->file, "%s", columns[0]);
    e->width = e->height = 0;
    cr_assert_geq(sscanf(columns[8], "%31s %ux%u", name, &e->width, &e->height), 1);
    for (int i = 0; i < CLASSES; i++)
        if (strcmp(name, class_names[i]) == 0) {
            e->class = (enum class)i;
            return true;
        }
    cr_assert_fail("unknown expectation %s", name);
    return false;
}

static bool is_size(const struct rig *rig, const struct expectation *e)
{
    const struct rendering whole = {.width = 0, .height = 0, .fit = FIT_CONTAIN, .quality = 90};
    struct geometry g;

    if (e->width == 0)
        return true;
    /* No side of an output is larger than PICTURE_SIDE_MAX. */
    g = geometry_plan(e->width, e->height, false, &whole);
    return rig->result.source_width == e->width && rig->result.source_height == e->height &&
           rig->result.width == g.out_width && rig->result.height == g.out_height;
}

static bool is_clean(const struct rig *rig)
{
    static const char *const payloads[] = {"<?php", "<?=$_", "$_GET", "<script", "javascript:",
                                           "<svg ", "onerror", "/etc/passwd"};

    if (!has_only_pixels(rig->output.data, rig->output.length))
        return false;
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (contains(rig->output.data, rig->output.length, payloads[i]))
            return false;
    return true;
}

static bool meets(const struct rig *rig, const struct expectation *e, enum cause cause)
{
    /* No file of the corpus may kill or hold up the renderer, whatever is in it. */
    if (cause == CAUSE_RENDER_CRASHED || cause == CAUSE_RENDER_TIMEOUT ||
        cause == CAUSE_RENDERER_UNAVAILABLE || cause == CAUSE_INTERNAL)
        return false;
    /* Whatever comes out is clean, and what it claims to be. */
    if (cause == CAUSE_NONE && (!is_clean(rig) || !is_size(rig, e)))
        return e->class == TOLERATE || e->class == OPTIONAL ? is_clean(rig) : false;
    switch (e->class) {
    case DECODES:
    case ORIENTED:
    case CLEAN:
        return cause == CAUSE_NONE;
    case REFUSE:
        return cause == CAUSE_PICTURE_TYPE || cause == CAUSE_PICTURE_BROKEN ||
               cause == CAUSE_PICTURE_TOO_LARGE;
    default:
        return true;
    }
}

static void try_file(struct rig *rig, const char *directory, const struct expectation *e,
                     struct tally *tally, FILE *results)
{
    const struct rendering whole = {.width = 0, .height = 0, .fit = FIT_CONTAIN, .quality = 90};
    char path[4608];
    struct stat st;
    enum cause cause;
    int fd;

    snprintf(path, sizeof path, "%s/%s", directory, e->file);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_geq(fd, 0, "%s: %s", path, strerror(errno));
    cr_assert_eq(fstat(fd, &st), 0);
    cause = renderer_render(rig->renderer, fd, (uint64_t)st.st_size, &whole, PICTURE_PNG,
                            &rig->output, &rig->result);
    close(fd);
    tally->files[e->class]++;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(e->file, refused[i].file) == 0) {
            tally->excused++;
            cr_expect_eq(cause, CAUSE_PICTURE_BROKEN, "%s: %s", e->file, cause_info(cause)->name);
            fprintf(results, "# %s: not met: %s\n", e->file, refused[i].reason);
            return;
        }
    tally->rendered[e->class] += cause == CAUSE_NONE;
    if (meets(rig, e, cause)) {
        tally->met[e->class]++;
        return;
    }
    fprintf(results, "# %s: expected %s %ux%u, got %s %ux%u of %ux%u\n", e->file,
           class_names[e->class], e->width, e->height, cause_info(cause)->name,
           rig->result.width, rig->result.height, rig->result.source_width,
           rig->result.source_height);
}

/* What a test prints is not among the results, where `make check` shows comments;
 * so the lines go through a file that main() copies to there in the end. */
static FILE *open_results(void)
{
    const char *path = getenv("VISAGE_CORPUS_RESULTS");

    return path ? fopen(path, "ae") : NULL;
}

static FILE *open_table(char directory[4096])
{
    const char *named = getenv("VISAGE_CORPUS"), *source = getenv("VISAGE_SOURCE_DIR");
    char path[4160];

    if (named)
        snprintf(directory, 4096, "%s", named);
    else
        snprintf(directory, 4096, "%s/../shared/corpus", source ? source : ".");
    snprintf(path, sizeof path, "%s/MANIFEST.tsv", directory);
    return fopen(path, "re");
}

Test(corpus, every_file_meets_its_expectation, .timeout = 600)
{
    struct rig rig;
    struct tally tally = {0};
    struct expectation e;
    char directory[4096], *line = NULL;
    size_t size = 0;
    unsigned files = 0, met = 0;
    FILE *table = open_table(directory), *results;

    if (!table)
        cr_skip_test("no corpus here; VISAGE_CORPUS may name its directory");
    results = open_results();
    if (!results)
        results = stdout;
    rig_open(&rig, "visage-render");
    while (getline(&line, &size, table) > 0)
        if (parse_line(line, &e))
            try_file(&rig, directory, &e, &tally, results);
    free(line);
    fclose(table);
    for (int i = 0; i < CLASSES; i++) {
        fprintf(results, "# corpus: %s %u/%u (%u rendered)\n", class_names[i], tally.met[i],
                tally.files[i], tally.rendered[i]);
        files += tally.files[i];
        met += tally.met[i];
    }
    fprintf(results, "# corpus: all %u/%u, renderers lost %u\n", met, files,
           renderer_deaths(rig.renderer));
    if (results != stdout)
        fclose(results);
    cr_assert_gt(files, 0);
    cr_expect_eq(met + tally.excused, files, "%u of %u files met their expectation", met, files);
    cr_expect_eq(renderer_deaths(rig.renderer), 0);
    rig_close(&rig);
}

/* Copies the lines behind the results: to the file that "--tap=FILE" names, else
 * to standard output. */
static void show(int fd, int argc, char **argv)
{
    FILE *from = fdopen(fd, "r"), *to = NULL;
    char line[1024];

    for (int i = 1; i < argc; i++)
        if (strncmp(argv[i], "--tap=", 6) == 0 && strcmp(argv[i] + 6, "-") != 0)
            to = fopen(argv[i] + 6, "ae");
    while (from && fgets(line, sizeof line, from))
        fputs(line, to ? to : stdout);
    if (from)
        fclose(from);
    if (to)
        fclose(to);
}

int main(int argc, char **argv)
{
    char path[] = "/tmp/visage-corpus-XXXXXX";
    int fd = mkstemp(path), failed = 0;
    struct criterion_test_set *tests;

    if (fd < 0 || setenv("VISAGE_CORPUS_RESULTS", path, 1) < 0) {
        perror("test_corpus");
        return 99; /* what makes `make check` stop */
    }
    tests = criterion_initialize();
    if (criterion_handle_args(argc, argv, true))
        failed = !criterion_run_all_tests(tests);
    criterion_finalize(tests);
    show(fd, argc, argv);
    unlink(path);
    return failed;
}
