/* SPDX-License-Identifier: MIT
 *
 * The least that a FastCGI program can do: accept, send one file's bytes (header
 * block and body) from memory, finish. What it serves in a second is the bound
 * that libfcgi and the web server set. The file is named by $RESPONDER_FILE, and
 * read at the first request.
 */
#include <stdio.h>
#include <stdlib.h>

#include <fcgiapp.h>

#define ANSWER_MAX (1 << 20)

static char answer[ANSWER_MAX];

static size_t read_answer(void)
{
    const char *path = getenv("RESPONDER_FILE");
    FILE *file = path ? fopen(path, "rbe") : NULL;
    size_t length;

    if (!file)
        return 0;
    length = fread(answer, 1, sizeof answer, file);
    fclose(file);
    return length < sizeof answer ? length : 0;
}

int main(void)
{
    FCGX_Request request;
    size_t length = 0;

    if (FCGX_Init() != 0 || FCGX_InitRequest(&request, 0, 0) != 0)
        return EXIT_FAILURE;
    while (FCGX_Accept_r(&request) == 0) {
        if (length == 0)
            length = read_answer();
        if (length == 0)
            return EXIT_FAILURE; /* seen by the client as an error of the server */
        FCGX_PutStr(answer, (int)length, request.out);
        FCGX_Finish_r(&request);
    }
    return EXIT_SUCCESS;
}
