/* SPDX-License-Identifier: MIT */
#include "rig/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>
#include <curl/curl.h>

#define TIMEOUT_MS 30000L

struct client {
    CURL *easy;
    uint16_t port;
    const char *from; /* NULL: as the system likes */
};

struct client *client_new(uint16_t port)
{
    struct client *client = calloc(1, sizeof *client);

    if (!client)
        return NULL;
    client->port = port;
    client->easy = curl_easy_init();
    if (!client->easy)
        client_free(&client);
    return client;
}

void client_free(struct client **client)
{
    if (!*client)
        return;
    curl_easy_cleanup((*client)->easy);
    free(*client);
    *client = NULL;
}

void client_from(struct client *client, const char *address)
{
    client->from = address;
}

static size_t on_head(char *line, size_t size, size_t count, void *context)
{
    struct answer *answer = context;

    /* An interim answer, a 100, is followed by the real one. */
    if (size * count > 5 && memcmp(line, "HTTP/", 5) == 0)
        buffer_clear(&answer->head);
    return buffer_append(&answer->head, line, size * count) == 0 ? size * count : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    struct answer *answer = context;

    return buffer_append(&answer->body, bytes, size * count) == 0 ? size * count : 0;
}

static void clear(struct answer *answer)
{
    buffer_clear(&answer->head);
    buffer_clear(&answer->body);
    answer->status = 0;
    answer->took_ms = 0;
    answer->error = NULL;
}

static CURLcode prepare(CURL *easy, uint16_t port, const char *method, const char *target,
                        struct curl_slist *fields, struct answer *answer)
{
    char url[64];
    CURLcode code = CURLE_OK;

#define SET(option, value) code = code ? code : curl_easy_setopt(easy, option, value)
    snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)port);
    curl_easy_reset(easy);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_REQUEST_TARGET, target);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_HTTPHEADER, fields);
    SET(CURLOPT_HEADERFUNCTION, on_head);
    SET(CURLOPT_HEADERDATA, (void *)answer);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, (void *)answer);
    SET(CURLOPT_PRIVATE, (void *)answer);
    if (strcmp(method, "HEAD") == 0)
        SET(CURLOPT_NOBODY, 1L);
    else if (strcmp(method, "GET") != 0)
        SET(CURLOPT_CUSTOMREQUEST, method);
#undef SET
    return code;
}

static void note(CURL *easy, CURLcode code, struct answer *answer)
{
    curl_off_t took_us = 0;
    long status = 0;

    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &took_us);
    answer->took_ms = took_us / 1000;
    if (code == CURLE_OK && curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
        answer->status = (int)status;
    else
        answer->error = curl_easy_strerror(code);
}

static CURLcode add_body(CURL *easy, const void *body, size_t length)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);

    return code ? code : curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
}

/* `body` is NULL for none. */
static int ask(struct client *client, const char *method, const char *target,
               const char *const *fields, const void *body, size_t length, struct answer *answer)
{
    struct curl_slist *list = NULL;
    CURLcode code;

    clear(answer);
    for (size_t i = 0; fields && fields[i]; i++) {
        struct curl_slist *longer = curl_slist_append(list, fields[i]);

        if (!longer) {
            curl_slist_free_all(list);
            answer->error = "out of memory";
            return 0;
        }
        list = longer;
    }
    code = prepare(client->easy, client->port, method, target, list, answer);
    if (code == CURLE_OK && client->from)
        code = curl_easy_setopt(client->easy, CURLOPT_INTERFACE, client->from);
    if (code == CURLE_OK && body)
        code = add_body(client->easy, body, length);
    if (code == CURLE_OK)
        code = curl_easy_perform(client->easy);
    note(client->easy, code, answer);
    curl_slist_free_all(list);
    return answer->status;
}

int client_ask(struct client *client, const char *method, const char *target,
               const char *const *fields, struct answer *answer)
{
    return ask(client, method, target, fields, NULL, 0, answer);
}

int client_send(struct client *client, const char *method, const char *target,
                const char *const *fields, const void *body, size_t length, struct answer *answer)
{
    return ask(client, method, target, fields, body, length, answer);
}

static size_t finish_all(CURLM *multi)
{
    int running = 1, left;
    size_t whole = 0;
    CURLMsg *message;

    while (running > 0) {
        if (curl_multi_perform(multi, &running) != CURLM_OK ||
            (running > 0 && curl_multi_poll(multi, NULL, 0, 1000, NULL) != CURLM_OK))
            break;
    }
    while ((message = curl_multi_info_read(multi, &left)) != NULL) {
        struct answer *answer;

        if (message->msg != CURLMSG_DONE ||
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&answer) !=
                CURLE_OK)
            continue;
        note(message->easy_handle, message->data.result, answer);
        whole += answer->status != 0;
    }
    return whole;
}

size_t client_get_page(uint16_t port, const char *const *targets, size_t count,
                       unsigned connections, struct answer *answers)
{
    CURLM *multi = curl_multi_init();
    CURL **easies = calloc(count, sizeof *easies);
    size_t whole = 0;

    cr_assert(multi && easies);
    cr_assert_eq(curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)connections),
                 CURLM_OK);
    for (size_t i = 0; i < count; i++) {
        clear(&answers[i]);
        easies[i] = curl_easy_init();
        cr_assert(easies[i]);
        cr_assert_eq(prepare(easies[i], port, "GET", targets[i], NULL, &answers[i]), CURLE_OK);
        cr_assert_eq(curl_multi_add_handle(multi, easies[i]), CURLM_OK);
    }
    whole = finish_all(multi);
    for (size_t i = 0; i < count; i++) {
        curl_multi_remove_handle(multi, easies[i]);
        curl_easy_cleanup(easies[i]);
    }
    curl_multi_cleanup(multi);
    free(easies);
    return whole;
}

size_t client_get_all(uint16_t port, const char *const *targets, size_t count,
                      struct answer *answers)
{
    return client_get_page(port, targets, count, 0, answers);
}

void answer_free(struct answer *answer)
{
    buffer_free(&answer->head);
    buffer_free(&answer->body);
    answer->status = 0;
}
