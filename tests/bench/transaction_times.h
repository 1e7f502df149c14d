/* SPDX-License-Identifier: MIT
 *
 * How long write transactions hold LMDB's lock: from when they have it to the end of
 * the commit. Link with --wrap for mdb_txn_begin, mdb_txn_commit and mdb_txn_abort.
 */
#ifndef VISAGE_BENCH_TRANSACTION_TIMES_H
#define VISAGE_BENCH_TRANSACTION_TIMES_H

#include <stddef.h>

/* Write transactions from here on count as this, which is not copied; NULL: not at all. */
void transaction_times_label(const char *label);

/* Prints a line for each label, in their order: transactions, then in microseconds the median, the
 * 99.9th percentile and the longest, and the most processor time that one took; then the label.
 * Returns 0, or -1 if memory did not suffice. */
int transaction_times_print(void);

/* Takes the time of anything else, under the label that is set. */
void transaction_times_start(void);
void transaction_times_stop(void);

#endif
