/* SPDX-License-Identifier: MIT
 *
 * A name server's answer: its service records, and which of them is asked.
 */
#include <limits.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "origin/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct srv_record *chosen;
    struct dns_answer answer;

    if (size > INT_MAX)
        return 0;
    (void)dns_read_answer(data, (int)size, &answer);
    REQUIRE(answer.count <= SRV_RECORDS_MAX);
    for (size_t i = 0; i < answer.count; i++)
        REQUIRE(memchr(answer.records[i].target, '\0', SRV_TARGET_MAX));
    chosen = srv_choose(answer.records, answer.count, (uint32_t)size);
    REQUIRE(!chosen || (chosen->port > 0 && chosen->target[0] &&
                        !strpbrk(chosen->target, "/:@?#%\\ \r\n")));
    return 0;
}
