/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cache/entry.h"

static struct entry full_entry(void)
{
    struct entry e = {.kind = ENTRY_VARIANT,
                      .type = PICTURE_WEBP,
                      .cause = CAUSE_ORIGIN_TIMEOUT,
                      .attempts = 3,
                      .alpha = true,
                      .bodiless = true,
                      .dated = true,
                      .width = 4096,
                      .height = 1,
                      .length = UINT64_C(0x123456789a),
                      .sequence = UINT64_MAX,
                      .generation = UINT64_C(0xfedcba9876543210),
                      .fetched_ms = INT64_C(1700000000123),
                      .expires_ms = INT64_MAX,
                      .refresh_until_ms = INT64_C(-1700000000123),
                      .stale_until_ms = INT64_MIN,
                      .last_modified_s = -1,
                      .etag = "\"abc\"",
                      .text = "demo/alice?w=1&h=1&fit=cover&q=80&f=webp"};

    memset(e.blob.bytes, 0xab, DIGEST_SIZE);
    memset(e.original.bytes, 0xcd, DIGEST_SIZE);
    return e;
}

Test(entry, survives_encoding)
{
    struct entry in = full_entry(), out;
    unsigned char bytes[ENTRY_ENCODED_MAX + 1];
    /* At an odd address: LMDB aligns to two bytes only. */
    size_t length = entry_encode(&in, bytes + 1);

    memset(&out, 0xff, sizeof out);
    cr_assert(entry_decode(bytes + 1, length, &out));
    cr_assert_eq(out.kind, in.kind);
    cr_assert_eq(out.type, in.type);
    cr_assert_eq(out.cause, in.cause);
    cr_assert_eq(out.attempts, in.attempts);
    cr_assert_eq(out.alpha, in.alpha);
    cr_assert_eq(out.bodiless, in.bodiless);
    cr_assert_eq(out.dated, in.dated);
    cr_assert_eq(out.width, in.width);
    cr_assert_eq(out.height, in.height);
    cr_assert_eq(out.length, in.length);
    cr_assert_eq(out.sequence, in.sequence);
    cr_assert_eq(out.generation, in.generation);
    cr_assert_eq(out.fetched_ms, in.fetched_ms);
    cr_assert_eq(out.expires_ms, in.expires_ms);
    cr_assert_eq(out.refresh_until_ms, in.refresh_until_ms);
    cr_assert_eq(out.stale_until_ms, in.stale_until_ms);
    cr_assert_eq(out.last_modified_s, in.last_modified_s);
    cr_assert(digest_equal(&out.blob, &in.blob));
    cr_assert(digest_equal(&out.original, &in.original));
    cr_assert_str_eq(out.etag, in.etag);
    cr_assert_str_eq(out.text, in.text);
}

/* Each flag has a bit of its own. */
Test(entry, flags_do_not_run_into_each_other)
{
    for (unsigned flags = 0; flags < 32; flags++) {
        struct entry in = full_entry(), out;
        unsigned char bytes[ENTRY_ENCODED_MAX];

        in.alpha = flags & 1;
        in.bodiless = flags & 2;
        in.dated = flags & 4;
        in.said = flags & 8;
        in.labelled = flags & 16;
        cr_assert(entry_decode(bytes, entry_encode(&in, bytes), &out));
        cr_assert_eq(out.alpha, in.alpha);
        cr_assert_eq(out.bodiless, in.bodiless);
        cr_assert_eq(out.dated, in.dated);
        cr_assert_eq(out.said, in.said);
        cr_assert_eq(out.labelled, in.labelled);
    }
}

Test(entry, longest_texts_fit)
{
    struct entry in = full_entry(), out;
    unsigned char bytes[ENTRY_ENCODED_MAX];
    size_t length;

    memset(in.text, 't', sizeof in.text);
    in.text[sizeof in.text - 1] = '\0';
    memset(in.etag, 'e', sizeof in.etag);
    in.etag[sizeof in.etag - 1] = '\0';
    length = entry_encode(&in, bytes);
    cr_assert_leq(length, ENTRY_ENCODED_MAX);
    cr_assert(entry_decode(bytes, length, &out));
    cr_assert_str_eq(out.text, in.text);
    cr_assert_str_eq(out.etag, in.etag);
}

Test(entry, refuses_every_truncation)
{
    struct entry in = full_entry(), out;
    unsigned char bytes[ENTRY_ENCODED_MAX];
    size_t length = entry_encode(&in, bytes);

    for (size_t i = 0; i < length; i++)
        cr_assert_not(entry_decode(bytes, i, &out), "%zu of %zu bytes", i, length);
    cr_assert_not(entry_decode(bytes, length + 1, &out));
}

Test(entry, refuses_other_formats_and_kinds)
{
    struct entry in = full_entry(), out;
    unsigned char bytes[ENTRY_ENCODED_MAX];
    size_t length = entry_encode(&in, bytes);

    cr_assert_eq(bytes[0], 2);
    for (unsigned version = 0; version < 256; version++) {
        bytes[0] = (unsigned char)version;
        cr_assert_eq(entry_decode(bytes, length, &out), version == 2, "version %u", version);
    }
    bytes[0] = 2;
    for (unsigned kind = 0; kind < 256; kind++) {
        bytes[1] = (unsigned char)kind;
        cr_assert_eq(entry_decode(bytes, length, &out),
                     kind >= ENTRY_ORIGINAL && kind <= ENTRY_NEGATIVE, "kind %u", kind);
    }
}

/* Lengths inside the record are hostile until checked: no bit flip may read past the end
 * (the sanitizers watch). */
Test(entry, survives_every_bit_flip)
{
    struct entry in = full_entry(), out;
    unsigned char bytes[ENTRY_ENCODED_MAX];
    size_t length = entry_encode(&in, bytes), accepted = 0;

    for (size_t bit = 0; bit < length * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        accepted += entry_decode(bytes, length, &out);
        bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    cr_assert_gt(accepted, 0);
    cr_assert_lt(accepted, length * 8);
}

Test(entry, texts_say_whose_they_are)
{
    static const struct {
        const char *text, *subject;
        size_t source_length;
    } rows[] = {
        {"users/alice", "users/alice", 5},
        {"!users/alice", "users/alice", 5},
        {"users/alice?w=1&h=1&fit=cover&q=80&f=webp&v=1", "users/alice", 5},
        {"!users/alice?w=1&h=1", "users/alice", 5},
        {"users/2024/alice?w=1", "users/2024/alice", 5},
        {"u/a", "u/a", 1},
        {"u/!", "u/!", 1},
        {"u/+a", "u/+a", 1},
        {"u/a/?w=1/2", "u/a/", 1},
        {"+identicon/3f?w=1", NULL, 0},
        {"!+identicon/3f", NULL, 0},
        {"", NULL, 0},
        {"!", NULL, 0},
        {"users", NULL, 0},
        {"users?w=1/2", NULL, 0},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *subject;
        size_t length, source_length;
        bool found = entry_subject(rows[i].text, &subject, &length, &source_length);

        cr_assert_eq(found, rows[i].subject != NULL, "\"%s\"", rows[i].text);
        if (!found)
            continue;
        cr_assert_eq(length, strlen(rows[i].subject), "\"%s\"", rows[i].text);
        cr_assert_eq(memcmp(subject, rows[i].subject, length), 0, "\"%s\"", rows[i].text);
        cr_assert_eq(source_length, rows[i].source_length, "\"%s\"", rows[i].text);
    }
}
