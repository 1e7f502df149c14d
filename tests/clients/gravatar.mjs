// SPDX-License-Identifier: MIT
//
// npm's gravatar makes the URLs, with Visage in the place of Gravatar's servers.

import { createHash } from 'node:crypto';

import gravatar from 'gravatar';

import { base, check, expectPicture, expectStatus, finish, get } from './check.mjs';

const styles = ['identicon', 'retro', 'monsterid', 'wavatar', 'robohash', 'mp', 'blank'];

/** What the client makes of an address; it takes `cdn` out of its options. */
function url(address, options) {
  return gravatar.url(address, { ...options, cdn: base });
}

for (const address of ['MyEmailAddress@example.com', '  anna@example.org ', 'Käthe@example.org']) {
  const hash = createHash('md5').update(address.trim().toLowerCase()).digest('hex');

  check(url(address) === `${base}/avatar/${hash}`, url(address));
  await expectPicture(url(address), [80, 80]);
  await expectPicture(url(address, { s: '128', r: 'x', d: '404' }), [128, 128]);
  await expectPicture(url(address, { size: '256', default: 'retro' }), [256, 256]);
}

// f=y: the default, whoever has a picture.
const drawn = new Set();
for (const d of styles) {
  const { bytes, headers } = await expectPicture(
    url('anna@example.org', { s: '96', d, f: 'y' }), [96, 96]);

  drawn.add(createHash('sha256').update(bytes).digest('hex'));
  check(Number(/max-age=(\d+)/.exec(headers.get('cache-control'))?.[1]) <= 600, d,
    headers.get('cache-control'));
}
check(drawn.size === styles.length, 'styles differ', drawn.size);
await expectStatus(url('anna@example.org', { d: '404', f: 'y' }), 404);

// Two who ask for the same get the same.
const first = await get(url('nobody@example.org', { d: 'robohash', f: 'y' }));
const second = await get(url(' NOBODY@example.org', { f: 'y', d: 'robohash' }));
check(first.headers.get('etag') === second.headers.get('etag'), 'the same address, other pictures');

finish();
