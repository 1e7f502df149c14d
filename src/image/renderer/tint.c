/* SPDX-License-Identifier: MIT
 *
 * The matrices are those of OKLab's definition (Ottosson: A perceptual color space for
 * image processing, 2020).
 */
#include "image/renderer/tint.h"

#include <math.h>
#include <stdbool.h>

#define RADIANS (3.14159265358979323846 / 180)
#define YELLOW 92.0 /* its hue, and how far from it colours are still yellowish */
#define YELLOW_REACH 60.0
#define YELLOW_LIGHT 0.87
#define HALVINGS 12 /* of the chroma's interval; finer than 8 bits tell */

struct colour colour_of(uint32_t rgb)
{
    return (struct colour){(unsigned char)(rgb >> 16), (unsigned char)(rgb >> 8),
                           (unsigned char)rgb};
}

static void to_linear(double lightness, double a, double b, double out[3])
{
    double l = lightness + 0.3963377774 * a + 0.2158037573 * b;
    double m = lightness - 0.1055613458 * a - 0.0638541728 * b;
    double s = lightness - 0.0894841775 * a - 1.2914855480 * b;

    l = l * l * l;
    m = m * m * m;
    s = s * s * s;
    out[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    out[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    out[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
}

static bool can_be_shown(const double linear[3])
{
    for (int i = 0; i < 3; i++)
        if (linear[i] < -0.0005 || linear[i] > 1.0005)
            return false;
    return true;
}

static unsigned char encoded(double linear)
{
    double v = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;

    return (unsigned char)(v <= 0 ? 0 : v >= 1 ? 255 : v * 255 + 0.5);
}

struct colour colour_oklch(double lightness, double chroma, double hue)
{
    double a = cos(hue * RADIANS), b = sin(hue * RADIANS), low = 0, high = chroma;
    double linear[3];

    to_linear(lightness, a * chroma, b * chroma, linear);
    if (!can_be_shown(linear)) {
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;

            to_linear(lightness, a * middle, b * middle, linear);
            if (can_be_shown(linear))
                low = middle;
            else
                high = middle;
        }
        to_linear(lightness, a * low, b * low, linear);
    }
    return (struct colour){encoded(linear[0]), encoded(linear[1]), encoded(linear[2])};
}

double tint_clear(double lightness, double hue)
{
    double away = fabs(remainder(hue - YELLOW, 360)), weight;

    if (away >= YELLOW_REACH || lightness >= YELLOW_LIGHT)
        return lightness;
    weight = 0.5 + 0.5 * cos(180 * RADIANS * away / YELLOW_REACH);
    return lightness + (YELLOW_LIGHT - lightness) * 0.85 * weight;
}

static unsigned char between(unsigned char from, unsigned char to, double part)
{
    return (unsigned char)(from + (to - from) * part + 0.5);
}

struct colour colour_mix(struct colour from, struct colour to, double part)
{
    return (struct colour){between(from.red, to.red, part), between(from.green, to.green, part),
                           between(from.blue, to.blue, part)};
}
