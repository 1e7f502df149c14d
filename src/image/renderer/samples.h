/* SPDX-License-Identifier: MIT
 *
 * Two pictures in formats that GraphicsMagick reads but cannot write. Each is
 * 64x64 in four squares: red and green above, blue and white below.
 */
#ifndef VISAGE_RENDERER_SAMPLES_H
#define VISAGE_RENDERER_SAMPLES_H

extern const unsigned char sample_heic[422];
extern const unsigned char sample_avif[328];

#endif
