// SPDX-License-Identifier: MIT
//
// npm's @imgproxy/imgproxy-js-core makes the paths. It leaves signing to others, so that is done here
// with node:crypto. Arguments: where Visage answers, the origin, key and salt in hex.

import { createHmac } from 'node:crypto';

import { generateUrl } from '@imgproxy/imgproxy-js-core';

import { base, check, expectPicture, expectStatus, finish } from './check.mjs';

const [, , , origin, key, salt] = process.argv;
const picture = `${origin}/ok/photo.jpg`; // 640 x 480

function signed(path) {
  const signature = createHmac('sha256', Buffer.from(key, 'hex'))
    .update(Buffer.from(salt, 'hex')).update(path).digest('base64url');

  return `${base}/imgproxy/${signature}${path}`;
}

/** Both forms of the URL. */
function paths(options) {
  return [
    generateUrl({ value: encodeURIComponent(picture), type: 'plain' }, options),
    generateUrl({ value: Buffer.from(picture).toString('base64url'), type: 'base64' }, options),
  ];
}

const pictures = [
  [{ width: 150, height: 100, resizing_type: 'fill' }, [150, 100]],
  [{ resize: { resizing_type: 'fit', width: 150, height: 100 } }, [133, 100]],
  [{ resize: { resizing_type: 'force', width: 60, height: 90 } }, [60, 90]],
  [{ size: { width: 64, height: 64 }, quality: 60, dpr: 2 }, [128, 96]],
  [{ width: 100, height: 100, blur: 3, sharpen: 0.5, format: 'png' }, [100, 75]],
  [{ resize: { resizing_type: 'fill', width: 80, height: 40 }, gravity: { type: 'so' },
     format: 'webp' }, [80, 40]],
  [{ width: 40, height: 40, padding: { top: 5, right: 10 }, background: 'ff0000' }, [60, 40]],
];

for (const [options, size] of pictures)
  for (const path of paths(options)) {
    const { headers } = await expectPicture(signed(path), size);

    if (options.format)
      check(headers.get('content-type') === `image/${options.format}`, path,
        headers.get('content-type'));
    await expectStatus(signed(path).replace(/imgproxy\/./, (m) => m.slice(0, -1) +
      (m.endsWith('A') ? 'B' : 'A')), 403);
    await expectStatus(`${base}/imgproxy/unsafe${path}`, 403);
  }

finish();
