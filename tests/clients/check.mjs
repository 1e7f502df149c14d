// SPDX-License-Identifier: MIT
//
// What the clients' checks share. The first argument is where Visage answers, "http://host:port".

export const base = process.argv[2];

let failures = 0;

export function check(ok, ...what) {
  if (ok) return;
  console.error('not so:', ...what);
  failures++;
}

/** Ends the program, with status 1 if anything was not so. */
export function finish() {
  process.exit(failures ? 1 : 0);
}

/** Width and height of a PNG, JPEG or WebP; undefined for anything else. */
export function dimensions(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

  if (view.getUint32(0) === 0x89504e47) return [view.getUint32(16), view.getUint32(20)];
  if (view.getUint16(0) === 0xffd8) return jpegDimensions(view);
  if (view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250)
    return webpDimensions(view);
  return undefined;
}

// The start of the frame is the first segment C0 to CF but C4, C8 and CC (ITU T.81, table B.1).
function jpegDimensions(view) {
  for (let at = 2; at + 9 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);

    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return [view.getUint16(at + 7), view.getUint16(at + 5)];
  }
  return undefined;
}

// RFC 9649, section 2: the first chunk is VP8, VP8L or VP8X.
function webpDimensions(view) {
  const chunk = view.getUint8(15);

  if (chunk === 0x20)
    return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (chunk === 0x4c) {
    const bits = view.getUint32(21, true);

    return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
  }
  return [(view.getUint32(24, true) & 0xffffff) + 1,
          ((view.getUint16(27, true) | (view.getUint8(29) << 16)) & 0xffffff) + 1];
}

/**
 * GET: the status, the headers and the bytes; redirects are not followed.
 *
 * @param {string} url
 * @param {Record<string, string>} [headers]
 */
export async function get(url, headers = {}) {
  const answer = await fetch(url, { headers, redirect: 'manual' });

  return {
    status: answer.status,
    headers: answer.headers,
    bytes: new Uint8Array(await answer.arrayBuffer()),
  };
}

/** Expects a picture of this size, and hands it out. */
export async function expectPicture(url, [width, height], headers) {
  const answer = await get(url, headers);
  const found = answer.status === 200 ? dimensions(answer.bytes) : undefined;

  check(answer.status === 200, url, 'is answered with', answer.status);
  check(found?.[0] === width && found?.[1] === height, url, 'is a picture of', found);
  check(answer.headers.get('content-type')?.startsWith('image/'), url, 'is',
    answer.headers.get('content-type'));
  return answer;
}

export async function expectStatus(url, status, headers) {
  const answer = await get(url, headers);

  check(answer.status === status, url, 'is answered with', answer.status, 'and not', status);
  return answer;
}
