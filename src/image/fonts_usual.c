/* SPDX-License-Identifier: MIT
 *
 * Bold ones, because letters are small. DejaVu comes after what has been drawn for a script alone;
 * its regular face knows more characters than its bold one.
 */
#include "image/fonts_usual.h"

#include <stddef.h>

#include "image/render_protocol.h"

#define DEJAVU "/usr/share/fonts/truetype/dejavu/"
#define NOTO "/usr/share/fonts/truetype/noto/"
#define CJK "/usr/share/fonts/opentype/noto/"

const char *const fonts_usual[] = {
    NOTO "NotoSans-Bold.ttf",
    NOTO "NotoSansArabic-Bold.ttf",
    NOTO "NotoSansHebrew-Bold.ttf",
    NOTO "NotoSansDevanagari-Bold.ttf",
    NOTO "NotoSansBengali-Bold.ttf",
    NOTO "NotoSansGurmukhi-Bold.ttf",
    NOTO "NotoSansGujarati-Bold.ttf",
    NOTO "NotoSansOriya-Bold.ttf",
    NOTO "NotoSansTamil-Bold.ttf",
    NOTO "NotoSansTelugu-Bold.ttf",
    NOTO "NotoSansKannada-Bold.ttf",
    NOTO "NotoSansMalayalam-Bold.ttf",
    NOTO "NotoSansSinhala-Bold.ttf",
    NOTO "NotoLoopedThai-Bold.ttf",
    NOTO "NotoLoopedLao-Bold.ttf",
    NOTO "NotoSansKhmer-Bold.ttf",
    NOTO "NotoSansMyanmar-Bold.ttf",
    NOTO "NotoSansArmenian-Bold.ttf",
    NOTO "NotoSansGeorgian-Bold.ttf",
    NOTO "NotoSansEthiopic-Bold.ttf",
    NOTO "NotoSansThaana-Bold.ttf",
    NOTO "NotoSansCherokee-Bold.ttf",
    NOTO "NotoSansCanadianAboriginal-Bold.ttf",
    NOTO "NotoSansOlChiki-Bold.ttf",
    NOTO "NotoSansJavanese-Bold.ttf",
    NOTO "NotoSansBalinese-Bold.ttf",
    NOTO "NotoSansAdlam-Bold.ttf",
    NOTO "NotoSerifTibetan-Bold.ttf",
    NOTO "NotoSansSyriac-Regular.ttf",
    DEJAVU "DejaVuSans-Bold.ttf",
    CJK "NotoSansCJK-Bold.ttc",
    CJK "NotoSansCJK-Regular.ttc",
    DEJAVU "DejaVuSans.ttf",
    NOTO "NotoColorEmoji.ttf",
    NULL,
};

_Static_assert(sizeof fonts_usual / sizeof *fonts_usual - 1 <= RENDER_FONTS_MAX, "all are taken");
