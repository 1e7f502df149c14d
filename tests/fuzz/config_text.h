/* SPDX-License-Identifier: MIT
 *
 * The configuration that routes are tried with: every dialect is on.
 */
#ifndef VISAGE_TESTS_FUZZ_CONFIG_TEXT_H
#define VISAGE_TESTS_FUZZ_CONFIG_TEXT_H

static const char fuzz_config_text[] =
    "formats = {webp, jpeg, png}\n"
    "sizes = {32, 64, 80, 128, 1000}\n"
    "preset avatar { width = 1000 height = 1000 }\n"
    "preset wide { width = 600 fit = contain quality = 70 }\n"
    "preset banner { width = 3000 height = 1000 }\n"
    "source demo { url = \"http://127.0.0.1:9/avatars/{id}\" }\n"
    "source users { url = \"https://www.example.org/{id}.jpg\" id_pattern = '[0-9]+' }\n"
    "source web { type = web hosts = {\"images.example.org\", \"*.example.net\"} }\n"
    "camo { prefix = \"\" source = web key_file = /nowhere }\n"
    "imgproxy { prefix = /i source = web keys_file = /nowhere presets = {\"p=rs:fill:9:9\"} }\n"
    "source people { type = atproto }\n"
    "atproto { prefix = \"\" source = people presets = bluesky }\n"
    "gravatar { prefix = \"\" sources = {demo, users} default_hosts = {\"*.example.net\"} }\n"
    "source anything { url = \"https://www.example.org/{id}/x?a=b\" id_pattern = '.*' }\n";

#endif
