<?php

// SPDX-License-Identifier: MIT
//
// php ask.php VisageUrl.php table.json: the URL or grant of each row on a line of its own, "-"
// for a refused one.

declare(strict_types=1);

require $argv[1];

$table = json_decode(file_get_contents($argv[2]), true, 16, JSON_THROW_ON_ERROR);
foreach ($table['rows'] as $row) {
    try {
        if (isset($row['user'])) {
            $key = $table['keys'][$row['source']];
            $expires = $row['expires'];
            echo VisageUrl::uploadGrant($key, $row['source'], $row['user'], $expires, $row['max_bytes']), "\n";
            continue;
        }
        $visage = new VisageUrl($row['base'] . $row['prefix'], $table['keys'][$row['source']] ?? null);
        echo $visage->url(
            $row['source'],
            $row['id'],
            preset: $row['preset'],
            size: $row['size'],
            dpr: $row['dpr'],
            format: $row['format'],
            version: $row['version'],
            expires: $row['expires'],
            info: $row['info'] ?? false
        ), "\n";
    } catch (InvalidArgumentException) {
        echo "-\n";
    }
}
