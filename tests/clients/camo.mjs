// SPDX-License-Identifier: MIT
//
// npm's camo-url makes the URLs, in both of its forms. Arguments: where Visage answers, the origin,
// the key.

import camo from 'camo-url';

import { base, check, expectStatus, finish, get } from './check.mjs';

const [, , , origin, key] = process.argv;
const picture = `${origin}/ok/photo.png`;

for (const type of ['path', 'query']) {
  const sign = camo({ host: `${base}/camo/`, key, type });
  const strange = camo({ host: `${base}/camo/`, key: `${key}x`, type });

  for (const url of [picture, `${picture}?size=2&name=a b`]) {
    const direct = await get(encodeURI(url));
    const passed = await expectStatus(sign(url), 200);

    check(Buffer.from(passed.bytes).equals(Buffer.from(direct.bytes)), type, 'other bytes');
    check(passed.headers.get('content-type') === direct.headers.get('content-type'), type,
      passed.headers.get('content-type'));
    check(passed.headers.get('x-content-type-options') === 'nosniff', type, 'no nosniff');
    await expectStatus(strange(url), 403);
  }
}

finish();
