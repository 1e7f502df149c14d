/* SPDX-License-Identifier: MIT
 *
 * A configuration file. One that is accepted is kept without its comments for the
 * keeper, who has to read the same from it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

static void require_again(const struct config *config)
{
    char error[CONFIG_ERROR_MAX] = "";
    struct config *again = NULL;

    REQUIRE(config->text != NULL);
    REQUIRE(fuzz_config_load(config->text, &again, error) == 0);
    REQUIRE(strcmp(config->text, again->text) == 0);
    REQUIRE(config->source_count == again->source_count &&
            config->preset_count == again->preset_count &&
            config->size_count == again->size_count &&
            config->cache_size == again->cache_size);
    for (size_t i = 0; i < config->source_count; i++)
        REQUIRE(strcmp(config->sources[i].name, again->sources[i].name) == 0);
    config_free(&again);
}

static void require_sane(const struct config *config)
{
    REQUIRE(config->size_count >= 1 && config->size_count <= CONFIG_SIZES_MAX);
    for (size_t i = 0; i + 1 < config->size_count; i++)
        REQUIRE(config->sizes[i] < config->sizes[i + 1]);
    REQUIRE(config->format_count >= 1 && config->format_count <= CONFIG_FORMATS_MAX);
    REQUIRE(config->quality >= 1 && config->quality <= 100 && config->background <= 0xffffff);
    for (size_t i = 0; i < config->source_count; i++)
        REQUIRE(config_find_source(config, config->sources[i].name,
                                   strlen(config->sources[i].name)) == &config->sources[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    char *text = fuzz_rest(&in), error[CONFIG_ERROR_MAX] = "";
    struct config *config = NULL;
    int rc = fuzz_config_load(text, &config, error);

    REQUIRE((rc == 0) == (config != NULL));
    if (rc == 0) {
        require_sane(config);
        require_again(config);
    } else {
        REQUIRE(rc == -EINVAL && error[0] && strnlen(error, sizeof error) < sizeof error);
    }
    config_free(&config);
    free(text);
    return 0;
}
