/* SPDX-License-Identifier: MIT
 *
 * What the test origin remembers of the requests it got. Safe between threads.
 */
#ifndef VISAGE_TESTS_LEDGER_H
#define VISAGE_TESTS_LEDGER_H

struct ledger;

/* NULL without memory. */
struct ledger *ledger_new(void);
void ledger_free(struct ledger **ledger);

/* Counts a request for `path` and keeps `headers` ("Name: value" lines, taken over) as
 * the last ones seen there. Returns which request for this path it is, from 1; 0
 * without memory. */
unsigned ledger_add(struct ledger *ledger, const char *path, char *headers);

unsigned ledger_count(struct ledger *ledger, const char *path);

/* Counts an answer to a request that ledger_add() has counted. */
void ledger_add_status(struct ledger *ledger, const char *path, unsigned status);

/* Answers with this status to requests for `path`. */
unsigned ledger_count_status(struct ledger *ledger, const char *path, unsigned status);

/* To be freed by the caller; NULL if there is none. */
char *ledger_header(struct ledger *ledger, const char *path, const char *name);

/* Requests that begin and end, for the total and the most at once. */
void ledger_begin(struct ledger *ledger);
void ledger_end(struct ledger *ledger);
void ledger_connected(struct ledger *ledger);

struct ledger_totals {
    unsigned requests;
    unsigned most_at_once;
    unsigned connections;
};

struct ledger_totals ledger_totals(struct ledger *ledger);

/* Forgets everything but the requests under way. */
void ledger_reset(struct ledger *ledger);

#endif
