/* SPDX-License-Identifier: MIT */
#include "route/size.h"

uint32_t size_clamp(uint32_t side)
{
    return side < PICTURE_SIDE_MAX ? side : PICTURE_SIDE_MAX;
}

uint32_t size_snap(const struct config *config, uint32_t size)
{
    for (size_t i = 0; i < config->size_count; i++)
        if (config->sizes[i] >= size)
            return size_clamp(config->sizes[i]);
    return size_clamp(config->sizes[config->size_count - 1]);
}

bool format_is_configured(const struct config *config, enum picture_type format)
{
    for (size_t i = 0; i < config->format_count; i++)
        if (config->formats[i] == format)
            return true;
    return false;
}
