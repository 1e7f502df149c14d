// SPDX-License-Identifier: MIT
//
// node ask.mjs visage-url.mjs table.json: the URL or grant of each row on a line of its own, "-" for a
// refused one. Both ways of making it have to agree.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const { VisageUrl, uploadGrant, uploadGrantSync } = await import(pathToFileURL(process.argv[2]).href);
const table = JSON.parse(await readFile(process.argv[3], 'utf8'));

async function makeUrl({ base, prefix, source, id, ...picture }) {
  const visage = new VisageUrl(base + prefix, table.keys[source], createHmac);

  return [
    await visage.url(source, id, picture).catch(() => '-'),
    () => visage.urlSync(source, id, picture),
  ];
}

async function makeGrant({ source, user, expires, max_bytes: maxBytes }) {
  const key = table.keys[source];
  const terms = { expires, maxBytes };

  return [
    await uploadGrant(key, source, user, terms).catch(() => '-'),
    () => uploadGrantSync(key, source, user, terms, createHmac),
  ];
}

for (const row of table.rows) {
  let later = '-';
  let atOnce = '-';

  try {
    const made = await ('user' in row ? makeGrant(row) : makeUrl(row));

    later = made[0];
    atOnce = made[1]();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  console.log(later === atOnce ? later : `${later} but ${atOnce}`);
}
