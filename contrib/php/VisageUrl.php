<?php

// SPDX-License-Identifier: MIT

declare(strict_types=1);

/**
 * URLs of pictures that Visage serves, signed where there is a key. One file without dependencies,
 * for PHP 8.0 and later; copy it to where your application finds its classes.
 *
 *     $visage = new VisageUrl('https://images.example.org', trim(file_get_contents('visage.key')));
 *     $visage->url('people', 'anna', size: 128);
 *     $visage->url('people', 'anna', preset: 'avatar', dpr: 2, format: 'webp', expires: time() + 3600);
 *
 * The key is the first line that is one in the source's sign_key_file. It is a secret.
 *
 * And grants, with which a browser may upload somebody's picture:
 *
 *     VisageUrl::uploadGrant($key, 'users', 'anna', expires: time() + 600, maxBytes: 5_000_000);
 *
 * Their key is that of grant_key_file.
 */
final class VisageUrl
{
    private string $origin;
    private string $prefix;

    /**
     * @param string      $base "https://host", with Visage's `prefix` behind it where it has one; ""
     *                          or the prefix alone makes URLs without a host
     * @param string|null $key  null for sources without signatures
     *
     * @throws InvalidArgumentException
     */
    public function __construct(string $base, #[\SensitiveParameter] private ?string $key = null)
    {
        if (!preg_match('~^(https?://[^/?#\s]+)?((?:/[^/?#\s]+)*)/?$~D', $base, $parts)) {
            throw new InvalidArgumentException('the base is not http(s)://host or a path');
        }
        if ($key !== null && strlen($key) < 16) {
            throw new InvalidArgumentException('a key has at least 16 bytes');
        }
        [, $this->origin, $this->prefix] = $parts;
    }

    /**
     * @param string      $source  as the configuration names it
     * @param string      $id      not percent-encoded; a '/' parts segments
     * @param string|null $preset  either this, a preset of the configuration,
     * @param int|null    $size    or this, the side of a square in pixels, 1 to 9999
     * @param int         $dpr     device pixels to each: 1, 2 or 3
     * @param string|null $format  "webp", "jpeg" or "png"; null leaves it to the browser's Accept
     * @param string|null $version the first 16 digits of the original's SHA-256, for the URL that
     *                             means this version for ever; needs a format
     * @param int|null    $expires seconds since 1970 until which the signature is good; null: for ever
     * @param bool        $info    true for what is known of the picture, as JSON; without format and
     *                             version
     *
     * @throws InvalidArgumentException for what Visage would refuse
     */
    public function url(
        string $source,
        string $id,
        ?string $preset = null,
        ?int $size = null,
        int $dpr = 1,
        ?string $format = null,
        ?string $version = null,
        ?int $expires = null,
        bool $info = false
    ): string {
        if ($info && ($format !== null || $version !== null)) {
            throw new InvalidArgumentException('info is about the current picture, in any format');
        }
        $path = $this->prefix
            . self::version($version, $format)
            . '/' . self::rendering($preset, $size, $dpr)
            . '/' . self::name($source, 'source')
            . '/' . self::id($id, $format !== null || $info)
            . ($info ? '/info' : self::extension($format));

        return $this->origin . $path . $this->signature($path, $expires);
    }

    /**
     * A grant: whoever has it may upload, replace and delete this user's picture until it expires.
     *
     * @param string $key      the first in the source's grant_key_file
     * @param string $source   as the configuration names it
     * @param string $user     the id of the user's picture
     * @param int    $expires  seconds since 1970
     * @param int    $maxBytes the largest upload; 0: as the source says
     *
     * @throws InvalidArgumentException for what Visage would refuse
     */
    public static function uploadGrant(
        #[\SensitiveParameter] string $key,
        string $source,
        string $user,
        int $expires,
        int $maxBytes = 0
    ): string {
        if (strlen($key) < 16) {
            throw new InvalidArgumentException('a key has at least 16 bytes');
        }
        foreach ([$expires, $maxBytes] as $number) {
            if ($number < 0 || $number > 999999999999999) {
                throw new InvalidArgumentException('not a time since 1970, or not a number of bytes');
            }
        }
        $text = [self::base64(self::checkedId($user)), (string) $expires, (string) $maxBytes];
        $signed = ['visage-grant', '1', self::name($source, 'source'), ...$text];
        $hmac = hash_hmac('sha256', implode("\n", $signed), $key, true);

        return implode('.', ['1', ...$text, self::base64($hmac)]);
    }

    private static function name(string $name, string $what): string
    {
        if (!preg_match('/^[A-Za-z0-9_-]{1,64}$/D', $name)) {
            throw new InvalidArgumentException("not a name of a $what");
        }
        return $name;
    }

    private static function rendering(?string $preset, ?int $size, int $dpr): string
    {
        if (($preset === null) === ($size === null)) {
            throw new InvalidArgumentException('either a preset or a size is wanted');
        }
        if ($size !== null && ($size < 1 || $size > 9999)) {
            throw new InvalidArgumentException('a size is 1 to 9999');
        }
        if ($dpr < 1 || $dpr > 3) {
            throw new InvalidArgumentException('dpr is 1, 2 or 3');
        }
        return ($preset === null ? "s$size" : self::name($preset, 'preset'))
            . ($dpr > 1 ? "@{$dpr}x" : '');
    }

    private static function version(?string $version, ?string $format): string
    {
        if ($version === null) {
            return '';
        }
        if (!preg_match('/^[0-9a-f]{16}$/D', $version) || $format === null) {
            throw new InvalidArgumentException('a version has 16 digits 0-9 a-f, and needs a format');
        }
        return "/v/$version";
    }

    private static function checkedId(string $id): string
    {
        if (strlen($id) > 2048 || preg_match('~[\x00-\x1f\x7f?]|^$|^/|/$|//|(^|/)\.\.?(/|$)~D', $id)) {
            throw new InvalidArgumentException('not an id');
        }
        return $id;
    }

    private static function id(string $id, bool $hasEnding): string
    {
        self::checkedId($id);
        if (!$hasEnding && preg_match('~(\.(webp|jpe?g|png)|/info)$~D', $id)) {
            throw new InvalidArgumentException('an id that ends like this needs a format');
        }
        return strtr(rawurlencode($id), ['%2F' => '/', '%3A' => ':', '%40' => '@', '%3D' => '=', '%2B' => '+']);
    }

    private static function extension(?string $format): string
    {
        return match ($format) {
            null => '',
            'webp' => '.webp',
            'jpeg', 'jpg' => '.jpg',
            'png' => '.png',
            default => throw new InvalidArgumentException('a format is webp, jpeg or png'),
        };
    }

    private function signature(string $path, ?int $expires): string
    {
        if ($expires !== null && ($this->key === null || $expires < 0 || $expires > 999999999999999)) {
            throw new InvalidArgumentException('what expires needs a key and a time since 1970');
        }
        if ($this->key === null) {
            return '';
        }
        $query = $expires === null ? '' : "?exp=$expires";
        $hmac = hash_hmac('sha256', $path . $query, $this->key, true);

        return $query . ($query === '' ? '?' : '&') . 'sig=' . self::base64($hmac);
    }

    private static function base64(string $bytes): string
    {
        return rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    }
}
