/* SPDX-License-Identifier: MIT
 *
 * Initials of any bytes: short, sound text, which stays as it is when it is given again.
 */
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>

#include "base/initials.h"
#include "fuzz/fuzz.h"

static void require_sound(const char *out, size_t length)
{
    const uint8_t *bytes = (const uint8_t *)out;
    size_t blanks = 0;
    ucs4_t c;

    REQUIRE(length < INITIALS_SIZE && strlen(out) == length);
    REQUIRE(u8_check(bytes, length) == NULL);
    for (size_t i = 0; i < length; i += (size_t)u8_mbtouc(&c, bytes + i, length - i)) {
        u8_mbtouc(&c, bytes + i, length - i);
        blanks += c == ' ';
        REQUIRE(!uc_is_general_category(c, UC_CONTROL) && !uc_is_property_bidi_control(c));
        REQUIRE(!uc_is_general_category(c, UC_PRIVATE_USE));
    }
    REQUIRE(blanks <= 1);
    REQUIRE(length == 0 || (out[0] != ' ' && out[length - 1] != ' '));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char out[INITIALS_SIZE], again[INITIALS_SIZE];
    size_t length = initials_of_name((const char *)data, size, out);

    require_sound(out, length);
    REQUIRE(initials_as_given(out, length, again) == length && strcmp(out, again) == 0);
    length = initials_as_given((const char *)data, size, out);
    require_sound(out, length);
    REQUIRE(initials_as_given(out, length, again) == length && strcmp(out, again) == 0);
    return 0;
}
