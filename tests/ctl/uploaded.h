/* SPDX-License-Identifier: MIT
 *
 * Pictures and tables of them for the commands about uploads.
 */
#ifndef VISAGE_TESTS_CTL_UPLOADED_H
#define VISAGE_TESTS_CTL_UPLOADED_H

#include "ctl/command.h"

/* A small PNG in *out, another one for each seed. */
void uploaded_picture(unsigned seed, struct buffer *out);

/* Appends a row as PostgreSQL writes it: id, content type, and base64 in lines of 76. */
void uploaded_add_row(struct buffer *csv, const char *id, const struct buffer *picture);

#define UPLOADED_DISTINCT 5u /* so many are at hand where single ones are looked at: seeds from 1 on */

/* The same for "team/u0", "team/u1" and so on, each with a picture of its own: seeds from 1 on. */
void uploaded_add_rows(struct buffer *csv, unsigned count);

/* Ends the test if the store has not all of these in the source. */
void uploaded_expect_rows(struct rig *rig, const char *source, unsigned count);

/* Imports one picture of a seed for the id into the source; ends the test if it is not taken. */
void uploaded_put(struct rig *rig, const char *source, const char *id, unsigned seed);

/* How many have a picture in the store of the rig. */
uint64_t uploaded_count(struct rig *rig);

/* Whether the store of the rig has these bytes for "source/id", as they are read back. */
bool uploaded_has(struct rig *rig, const char *subject, const struct buffer *picture);

#endif
