/* SPDX-License-Identifier: MIT */
#include "origin/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORD_MAX 64 /* bytes in a behaviour's name with its arguments */

/* A piece of the text: [begin, end). */
struct word {
    const char *begin, *end;
};

/* Cuts the next word off *p: up to a blank, a quoted one with its quotes. False at the end of
 * the step. */
static bool next_word(const char **p, struct word *word)
{
    *p += strspn(*p, " ");
    if (!**p || **p == '|')
        return false;
    word->begin = *p;
    if (**p == '\'') {
        *p += 1 + strcspn(*p + 1, "'");
        if (**p)
            (*p)++;
    } else {
        *p += strcspn(*p, " |");
    }
    word->end = *p;
    return true;
}

static size_t length_of(struct word word)
{
    return (size_t)(word.end - word.begin);
}

static bool word_is(struct word word, const char *text)
{
    return length_of(word) == strlen(text) && memcmp(word.begin, text, strlen(text)) == 0;
}

/* If the word is "key=...", cuts the key off. */
static bool has_key(struct word *word, const char *key)
{
    size_t length = strlen(key);

    if (length_of(*word) <= length || memcmp(word->begin, key, length) != 0 ||
        word->begin[length] != '=')
        return false;
    word->begin += length + 1;
    return true;
}

static int number_of(struct word word, uint64_t most, uint64_t *out)
{
    *out = 0;
    if (word.begin == word.end)
        return -EINVAL;
    for (; word.begin < word.end; word.begin++) {
        if (*word.begin < '0' || *word.begin > '9')
            return -EINVAL;
        *out = *out * 10 + (uint64_t)(*word.begin - '0');
        if (*out > most)
            return -EINVAL;
    }
    return 0;
}

/* "404", "timeout", "drip/20": a status, or a behaviour with its arguments. */
static int read_verb(struct word word, struct script_step *step)
{
    char text[WORD_MAX];
    char *rest = text, *name;
    uint64_t status;

    if (number_of(word, 599, &status) == 0) {
        step->status = (unsigned)status;
        return status >= 200 ? 0 : -EINVAL;
    }
    if (length_of(word) >= sizeof text)
        return -EINVAL;
    memcpy(text, word.begin, length_of(word));
    text[length_of(word)] = '\0';
    name = strsep(&rest, "/");
    step->behaviour = behaviour_find(strcmp(name, "timeout") == 0 ? "hang" : name);
    if (!step->behaviour || step->behaviour->answer == behaviour_script)
        return -EINVAL;
    for (unsigned i = 0; i < step->behaviour->arguments; i++) {
        if (!rest)
            return -EINVAL;
        step->arguments[i] = strdup(strsep(&rest, "/"));
        if (!step->arguments[i])
            return -ENOMEM;
    }
    return rest ? -EINVAL : 0;
}

static int read_quoted(struct word word, struct script_step *step)
{
    if (length_of(word) < 2 || word.end[-1] != '\'')
        return -EINVAL;
    return field_list_add(&step->fields, word.begin + 1, length_of(word) - 2);
}

static int read_option(struct word word, struct script_step *step)
{
    uint64_t number;
    int rc = -EINVAL;

    if (*word.begin == '\'')
        return read_quoted(word, step);
    if (has_key(&word, "fields"))
        return field_list_add_hex(&step->fields, word.begin, length_of(word));
    if (has_key(&word, "delay")) {
        rc = number_of(word, INT32_MAX, &number);
        step->delay_ms = (int64_t)number;
    } else if (has_key(&word, "times")) {
        rc = number_of(word, INT32_MAX, &number);
        step->times = (unsigned)number;
        if (number == 0)
            rc = -EINVAL;
    } else if (has_key(&word, "picture")) {
        free(step->picture);
        step->picture = strndup(word.begin, length_of(word));
        rc = step->picture ? 0 : -ENOMEM;
    } else if (word_is(word, "held")) {
        step->held = true;
        rc = 0;
    } else if (word_is(word, "conditional")) {
        step->conditional = true;
        rc = 0;
    }
    return rc;
}

static int read_step(const char **p, struct script_step *step)
{
    struct word word;
    int rc = next_word(p, &word) ? read_verb(word, step) : -EINVAL;

    step->times = 1;
    while (rc == 0 && next_word(p, &word))
        rc = read_option(word, step);
    /* A behaviour says itself what it sends. */
    if (rc == 0 && step->behaviour && (step->fields.count > 0 || step->conditional))
        rc = -EINVAL;
    return rc;
}

static int read_steps(struct script *script, const char *p)
{
    int rc = 0;

    while (*p && rc == 0) {
        struct script_step *longer =
            realloc(script->steps, (script->count + 1) * sizeof *longer);

        if (!longer)
            return -ENOMEM;
        script->steps = longer;
        script->steps[script->count] = (struct script_step){.status = 0};
        rc = read_step(&p, &script->steps[script->count++]);
        if (rc == 0 && *p == '|' && *++p == '\0')
            rc = -EINVAL;
    }
    return rc;
}

int script_parse(const char *name, const char *steps, struct script **out)
{
    int rc = -ENOMEM;

    *out = calloc(1, sizeof **out);
    if (!*out)
        return -ENOMEM;
    (*out)->name = strdup(name);
    if ((*out)->name)
        rc = read_steps(*out, steps);
    if (rc != 0)
        script_free(out);
    return rc;
}

const struct script_step *script_next(struct script *script)
{
    uint64_t before = script->taken++;
    size_t i = 0;

    if (script->count == 0)
        return NULL;
    while (i + 1 < script->count && before >= script->steps[i].times)
        before -= script->steps[i++].times;
    return &script->steps[i];
}

void script_free(struct script **list)
{
    while (*list) {
        struct script *script = *list;

        *list = script->next;
        for (size_t i = 0; i < script->count; i++) {
            for (unsigned k = 0; k < BEHAVIOUR_ARGUMENTS; k++)
                free(script->steps[i].arguments[k]);
            free(script->steps[i].picture);
            field_list_free(&script->steps[i].fields);
        }
        free(script->steps);
        free(script->name);
        free(script);
    }
}
