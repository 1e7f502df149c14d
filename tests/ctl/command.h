/* SPDX-License-Identifier: MIT
 *
 * Running `visage` as it was built, on the configuration of a rig.
 */
#ifndef VISAGE_TESTS_CTL_COMMAND_H
#define VISAGE_TESTS_CTL_COMMAND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "cache/cache.h"
#include "rig/rig.h"

/* Runs `visage ARGUMENTS -c CONF`, up to a NULL. *output gets what it says, on both streams.
 * Returns the exit status. */
int command_run(struct rig *rig, struct buffer *output, const char *argument, ...)
    __attribute__((sentinel));

/* The same on a terminal of its own, 100 columns wide, which shows both streams. `setting` is put
 * into the environment: "NAME=value". */
int command_run_on_terminal(struct rig *rig, struct buffer *output, const char *setting,
                            const char *argument, ...) __attribute__((sentinel));

/* The same on a terminal of this size, until `text` has been shown `count` times; then Ctrl-C is
 * pressed. */
int command_watch_on_terminal(struct rig *rig, struct buffer *output, const struct winsize *size,
                              const char *text, unsigned count, const char *argument, ...)
    __attribute__((sentinel));

/* Starts it with its output in @DIR@/output, which command_output() reads. */
void command_start(struct rig *rig, struct process *p, const char *argument, ...)
    __attribute__((sentinel));
void command_output(struct rig *rig, struct buffer *output);

/* Waits until its output has `count` times this text. */
bool command_await(struct rig *rig, const char *text, unsigned count, int64_t timeout_ms);

/* A path in the rig's directory, static; the last eight are good. */
const char *command_path(const struct rig *rig, const char *name);

/* How often a text is in another one. */
unsigned command_count(const char *text, const char *part);

/* The number in the line that begins with `name` and a blank; ends the test without one. */
uint64_t command_number(const struct buffer *output, const char *name);

/* True if the text is one JSON value, and a line end. */
bool command_is_json(const char *text);

/* The rig's cache, opened in the test's process, for as long as no other is. */
struct cache *command_open_cache(struct rig *rig, enum cache_role role);
void command_close_cache(struct cache **cache);

#define EXPECT_SAYS(output, text) \
    cr_expect(strstr((output).data, text), "no \"%s\" in:\n%s", text, (output).data)

#define EXPECT_SAYS_NOT(output, text) \
    cr_expect_not(strstr((output).data, text), "\"%s\" in:\n%s", text, (output).data)

#endif
