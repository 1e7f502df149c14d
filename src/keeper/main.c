/* SPDX-License-Identifier: MIT
 *
 * visage-keeper: does what can wait. Workers start it when there is work, and it
 * leaves after a minute without any; it needs no daemon, no timer and no root.
 *
 * The first keeper keeps the cache and the store of uploads in order and refreshes what was served stale.
 * Where that is more than one process can fetch, it starts others, up to
 * LOCK_KEEPERS, which only refresh.
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "cache/maintain.h"
#include "serve/bucket_care.h"
#include "serve/refresh.h"
#include "serve/server.h"
#include "serve/store_care.h"
#include "serve/wake.h"

#define EXIT_USAGE 2
#define LINGER_MS INT64_C(60000)      /* without work */
#define HELPER_LINGER_MS INT64_C(3000)
#define PAUSE_MS 100                  /* between two looks at an empty queue */
#define ITEMS_FOR_ANOTHER 4           /* waiting items that one keeper is too slow for */

static volatile sig_atomic_t told_to_leave;

struct keeper {
    const struct config *config;
    struct server server;
    int place;              /* 0: the first one */
    struct stat file;       /* the configuration as it was read */
    struct maintenance maintenance;
    struct store_care care;
    struct bucket_care bucket_care;
    uint64_t refreshed, failed;
};

static void usage(FILE *to)
{
    fprintf(to, "usage: visage-keeper [-f] [-c FILE]\n"
                "\n"
                "Does what can wait: refreshes, evicts, sweeps. Workers start it when there is work;\n"
                "it leaves when there is none.\n"
                "\n"
                "  -c FILE   configuration (else $VISAGE_CONF, else %s)\n"
                "  -f        stay in the foreground\n"
                "  -h        this text\n"
                "  -V        version\n",
            config_path(NULL));
}

static void on_leave(int number)
{
    (void)number;
    told_to_leave = 1;
}

static int install_signals(void)
{
    static const int leave[] = {SIGTERM, SIGINT, SIGUSR1, SIGHUP};
    struct sigaction action = {.sa_handler = on_leave};

    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof leave / sizeof *leave; i++)
        if (sigaction(leave[i], &action, NULL) != 0)
            return -errno;
    action.sa_handler = SIG_IGN;
    return sigaction(SIGPIPE, &action, NULL) == 0 ? 0 : -errno;
}

/* A keeper with an old configuration leaves, so that the next one reads the new. */
static bool is_outdated(const struct keeper *k)
{
    struct stat now;

    return stat(k->config->path, &now) != 0 || now.st_ino != k->file.st_ino ||
           now.st_mtim.tv_sec != k->file.st_mtim.tv_sec ||
           now.st_mtim.tv_nsec != k->file.st_mtim.tv_nsec;
}

static void call_for_help(struct keeper *k)
{
    uint64_t waiting;

    if (cache_queue_length(k->server.cache, &waiting) == 0 && waiting >= ITEMS_FOR_ANOTHER)
        keeper_wake(k->config, k->server.cache); /* if it cannot be had it takes longer */
}

/* Takes what is in the queue. True if there was something. */
static bool work_queue(struct keeper *k)
{
    struct refreshed refreshed;
    int rc;

    call_for_help(k);
    rc = refresh_queued(&k->server, &refreshed);
    if (rc && rc != -ENOENT)
        log_warn("queue", "error=\"%s\"", strerror(-rc));
    if (rc)
        return false;
    k->refreshed += refreshed.outcome == REFRESH_MADE;
    k->failed += refreshed.outcome == REFRESH_FAILED;
    return true;
}

static bool keep_order(struct keeper *k)
{
    bool more = maintain_step(k->server.cache, &k->maintenance);
    struct store *store = server_store(&k->server);

    more |= bucket_care_step(k->config, k->server.cache, &k->bucket_care);
    if (store)
        more |= store_care_step(k->config, k->server.cache, store, &k->care);
    return more;
}

static void keep(struct keeper *k)
{
    struct cache *cache = k->server.cache;
    int64_t linger_ms = k->place == 0 ? LINGER_MS : HELPER_LINGER_MS;
    int64_t idle_since_ms = clock_boot_ms();

    while (!told_to_leave && !is_outdated(k)) {
        bool worked = work_queue(k);

        if (k->place == 0)
            worked |= keep_order(k);
        scoreboard_tick(cache_scoreboard(cache), clock_wall_ms());
        if (worked) {
            idle_since_ms = clock_boot_ms();
            continue;
        }
        if (clock_boot_ms() - idle_since_ms >= linger_ms && !k->care.held_up)
            break;
        clock_sleep_ms(PAUSE_MS);
    }
}

/* Whoever started us waits for the parent only. */
static int detach(void)
{
    pid_t pid = fork();

    if (pid < 0)
        return -errno;
    if (pid > 0)
        _exit(EXIT_SUCCESS);
    return 0;
}

static int open_all(struct keeper *k, struct config *config)
{
    char error[CONFIG_ERROR_MAX];
    int rc = log_open(config->log_target, config->log_file);

    k->config = config;
    if (rc)
        log_error("log", "file=%s error=\"%s\"", config->log_file ? config->log_file : "syslog",
                  strerror(-rc));
    log_set_level(config->log_level);
    umask(config->group_readable ? 0027 : 0077);
    rc = stat(config->path, &k->file) == 0 ? install_signals() : -errno;
    if (rc) {
        log_error("keeper-start", "error=\"%s\"", strerror(-rc));
        return rc;
    }
    rc = server_open(config, CACHE_KEEPER, &k->server, error);
    if (rc) {
        log_error("keeper-start", "%s", error);
        return rc;
    }
    k->place = cache_become_keeper(k->server.cache);
    if (k->place >= 0)
        return 0;
    rc = k->place;
    if (rc != -EAGAIN) /* else others were quicker: all is well */
        log_error("keeper-start", "error=\"%s\"", strerror(-rc));
    server_close(&k->server);
    return rc;
}

static int run(struct config *config)
{
    struct keeper k = {.place = -1};
    int rc = open_all(&k, config);

    if (rc)
        return rc == -EAGAIN ? EXIT_SUCCESS : EXIT_FAILURE;
    log_debug("keeper-start", "place=%d config=%s", k.place, config->path);
    keep(&k);
    log_info("keeper-leave", "place=%d refreshed=%llu failed=%llu temporary=%llu orphans=%llu "
             "purged=%llu uploads_files=%llu uploads_versions=%llu uploads_purges=%llu "
             "uploads_outdated=%llu buckets=%llu", k.place,
             (unsigned long long)k.refreshed,
             (unsigned long long)k.failed, (unsigned long long)k.maintenance.temporary,
             (unsigned long long)k.maintenance.orphans, (unsigned long long)k.maintenance.purged,
             (unsigned long long)k.care.files, (unsigned long long)k.care.versions,
             (unsigned long long)k.care.purges, (unsigned long long)k.care.outdated,
             (unsigned long long)k.bucket_care.removed);
    server_close(&k.server);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    char error[CONFIG_ERROR_MAX];
    const char *path = NULL;
    struct config *config;
    bool foreground = false;
    int option, status;

    while ((option = getopt(argc, argv, "c:fhV")) != -1) {
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'f':
            foreground = true;
            break;
        case 'h':
            usage(stdout);
            return EXIT_SUCCESS;
        case 'V':
            puts("visage-keeper " PACKAGE_VERSION);
            return EXIT_SUCCESS;
        default:
            usage(stderr);
            return EXIT_USAGE;
        }
    }
    if (optind < argc) {
        usage(stderr);
        return EXIT_USAGE;
    }
    if (config_load(config_path(path), &config, error) != 0) {
        log_error("config", "%s", error);
        return EXIT_FAILURE;
    }
    if (!foreground && (status = detach()) != 0) {
        log_error("keeper-start", "error=\"%s\"", strerror(-status));
        config_free(&config);
        return EXIT_FAILURE;
    }
    status = run(config);
    log_close();
    config_free(&config);
    return status;
}
