// SPDX-License-Identifier: MIT

/**
 * URLs of pictures that Visage serves, signed where there is a key. One file without dependencies,
 * for Node 20 and later, Deno, Bun and what else has WebCrypto.
 *
 *     const visage = new VisageUrl('https://images.example.org', key);
 *     await visage.url('people', 'anna', { size: 128 });
 *     await visage.url('people', 'anna', { preset: 'avatar', dpr: 2, format: 'webp',
 *                                          expires: Date.now() / 1000 + 3600 });
 *
 * and without waiting, in Node:
 *
 *     import { createHmac } from 'node:crypto';
 *     const visage = new VisageUrl('https://images.example.org', key, createHmac);
 *     visage.urlSync('people', 'anna', { size: 128 });
 *
 * The key is the first line that is one in the source's sign_key_file. It is a secret: sign on the
 * server or at the edge, never in a page.
 *
 * And grants, with which a browser may upload somebody's picture; their key is that of
 * grant_key_file:
 *
 *     await uploadGrant(key, 'users', 'anna', { expires: Date.now() / 1000 + 600,
 *                                               maxBytes: 5_000_000 });
 *     uploadGrantSync(key, 'users', 'anna', { expires: Date.now() / 1000 + 600 }, createHmac);
 *
 * @typedef {object} Picture
 * @property {string} [preset]  either this, a preset of the configuration,
 * @property {number} [size]    or this, the side of a square in pixels, 1 to 9999
 * @property {1|2|3} [dpr]      device pixels to each
 * @property {'webp'|'jpeg'|'jpg'|'png'} [format]  without it the browser's Accept decides
 * @property {string} [version] the first 16 digits of the original's SHA-256, for the URL that means
 *                              this version for ever; needs a format
 * @property {number} [expires] seconds since 1970 until which the signature is good; for ever without
 * @property {boolean} [info]   what is known of the picture, as JSON; without format and version
 *
 * @typedef {object} Terms
 * @property {number} expires    seconds since 1970
 * @property {number} [maxBytes] the largest upload; without it, or 0, as the source says
 */

const EXTENSIONS = new Map([
  ['webp', '.webp'],
  ['jpeg', '.jpg'],
  ['jpg', '.jpg'],
  ['png', '.png'],
]);

export class VisageUrl {
  #origin;
  #prefix;
  #key;
  #createHmac;
  #imported;

  /**
   * @param {string} base "https://host", with Visage's `prefix` behind it where it has one; "" or the
   *   prefix alone makes URLs without a host
   * @param {string|Uint8Array|null} [key] none for sources without signatures
   * @param {typeof import('node:crypto').createHmac} [createHmac] for urlSync() with a key
   */
  constructor(base, key = null, createHmac = undefined) {
    const parts = /^(https?:\/\/[^/?#\s]+)?((?:\/[^/?#\s]+)*)\/?$/.exec(base);

    if (!parts) throw new TypeError('the base is not http(s)://host or a path');
    this.#origin = parts[1] ?? '';
    this.#prefix = parts[2];
    this.#key = key == null ? null : keyBytes(key);
    this.#createHmac = createHmac;
  }

  /**
   * @param {string} source as the configuration names it
   * @param {string} id not percent-encoded; a '/' parts segments
   * @param {Picture} picture
   * @returns {Promise<string>} rejected with a TypeError for what Visage would refuse
   */
  async url(source, id, picture) {
    const { path, query } = this.#path(source, id, picture);

    if (!this.#key) return this.#origin + path;
    this.#imported ??= importKey(this.#key);
    return this.#origin + path + parameters(query, await hmac(await this.#imported, path + query));
  }

  /**
   * The same at once.
   *
   * @param {string} source
   * @param {string} id
   * @param {Picture} picture
   * @returns {string}
   */
  urlSync(source, id, picture) {
    const { path, query } = this.#path(source, id, picture);

    if (!this.#key) return this.#origin + path;
    if (!this.#createHmac) throw new TypeError('urlSync() wants createHmac of node:crypto');
    const bytes = this.#createHmac('sha256', this.#key).update(path + query).digest();

    return this.#origin + path + parameters(query, bytes);
  }

  #path(source, id, { preset, size, dpr = 1, format, version, expires, info = false } = {}) {
    const extension = format == null ? '' : EXTENSIONS.get(format);

    if (extension === undefined) throw new TypeError('a format is webp, jpeg or png');
    if (info && (format != null || version != null))
      throw new TypeError('info is about the current picture, in any format');
    if (expires != null && (!this.#key || !(expires >= 0 && expires < 1e15)))
      throw new TypeError('what expires needs a key and a time since 1970');
    return {
      path: this.#prefix + versionPart(version, extension) + '/' + rendering(preset, size, dpr) +
        '/' + name(source, 'source') + '/' + idPart(id, extension || info) +
        (info ? '/info' : extension),
      query: expires == null ? '' : `?exp=${Math.floor(expires)}`,
    };
  }
}

/**
 * A grant: whoever has it may upload, replace and delete this user's picture until it expires.
 *
 * @param {string|Uint8Array} key the first in the source's grant_key_file
 * @param {string} source as the configuration names it
 * @param {string} user the id of the user's picture
 * @param {Terms} terms
 * @returns {Promise<string>} rejected with a TypeError for what Visage would refuse
 */
export async function uploadGrant(key, source, user, terms) {
  const { text, signed } = grantParts(source, user, terms);

  return `${text}.${base64url(await hmac(await importKey(keyBytes(key)), signed))}`;
}

/**
 * The same at once.
 *
 * @param {string|Uint8Array} key
 * @param {string} source
 * @param {string} user
 * @param {Terms} terms
 * @param {typeof import('node:crypto').createHmac} createHmac
 * @returns {string}
 */
export function uploadGrantSync(key, source, user, terms, createHmac) {
  const { text, signed } = grantParts(source, user, terms);

  return `${text}.${base64url(createHmac('sha256', keyBytes(key)).update(signed).digest())}`;
}

function grantParts(source, user, { expires, maxBytes = 0 } = {}) {
  // A lone surrogate would become another character on the way to UTF-8.
  if (/\p{Surrogate}/u.test(user)) throw new TypeError('not an id');
  if (!(expires >= 0 && expires < 1e15)) throw new TypeError('not a time since 1970');
  if (!(Number.isInteger(maxBytes) && maxBytes >= 0 && maxBytes < 1e15))
    throw new TypeError('not a number of bytes');
  const id = base64url(new TextEncoder().encode(checkedId(user)));
  const parts = [id, Math.floor(expires), maxBytes];

  return {
    text: ['1', ...parts].join('.'),
    signed: ['visage-grant', '1', name(source, 'source'), ...parts].join('\n'),
  };
}

/** @param {string|Uint8Array} key */
function keyBytes(key) {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;

  if (bytes.length < 16) throw new TypeError('a key has at least 16 bytes');
  return bytes;
}

/** @param {Uint8Array} key */
function importKey(key) {
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
}

/** @param {CryptoKey} key @param {string} text */
async function hmac(key, text) {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const base64 = btoa(String.fromCharCode(...bytes));

  return base64.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @param {string} query @param {Uint8Array} bytes */
function parameters(query, bytes) {
  return `${query}${query ? '&' : '?'}sig=${base64url(bytes)}`;
}

function name(text, what) {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(text)) throw new TypeError(`not a name of a ${what}`);
  return text;
}

function rendering(preset, size, dpr) {
  if ((preset == null) === (size == null))
    throw new TypeError('either a preset or a size is wanted');
  if (size != null && !(Number.isInteger(size) && size >= 1 && size <= 9999))
    throw new TypeError('a size is 1 to 9999');
  if (![1, 2, 3].includes(dpr)) throw new TypeError('dpr is 1, 2 or 3');
  return (preset == null ? `s${size}` : name(preset, 'preset')) + (dpr > 1 ? `@${dpr}x` : '');
}

function versionPart(version, extension) {
  if (version == null) return '';
  if (!/^[0-9a-f]{16}$/.test(version) || !extension)
    throw new TypeError('a version has 16 digits 0-9 a-f, and needs a format');
  return `/v/${version}`;
}

function checkedId(id) {
  // eslint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f?]|^$|^\/|\/$|\/\/|(^|\/)\.\.?(\/|$)/.test(id) ||
      new TextEncoder().encode(id).length > 2048)
    throw new TypeError('not an id');
  return id;
}

function idPart(id, hasEnding) {
  checkedId(id);
  if (!hasEnding && /(\.(webp|jpe?g|png)|\/info)$/.test(id))
    throw new TypeError('an id that ends like this needs a format');
  // encodeURIComponent() leaves some that Visage encodes, and encodes some that it leaves.
  return encodeURIComponent(id)
    .replace(/[!'()*]/g, (c) => '%' + c.charCodeAt(0).toString(16).toUpperCase())
    .replace(/%(2F|3A|40|3D|2B)/g, decodeURIComponent);
}
