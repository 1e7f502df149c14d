/* SPDX-License-Identifier: MIT */
#ifndef VISAGE_IMAGE_FONTS_USUAL_H
#define VISAGE_IMAGE_FONTS_USUAL_H

/* Where Debian's packages have the fonts that initials are drawn with unless the configuration
 * names others; ends with NULL. */
extern const char *const fonts_usual[];

#endif
