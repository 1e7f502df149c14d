// SPDX-License-Identifier: MIT
//
// node ask.mjs visage-url.mjs table.json: the URL of each row on a line of its own, "-" for a refused
// one. Both ways of making it have to agree.

import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const { VisageUrl } = await import(pathToFileURL(process.argv[2]).href);
const table = JSON.parse(await readFile(process.argv[3], 'utf8'));

for (const { base, prefix, source, id, ...picture } of table.rows) {
  let later = '-';
  let atOnce = '-';

  try {
    const visage = new VisageUrl(base + prefix, table.keys[source], createHmac);

    later = await visage.url(source, id, picture).catch(() => '-');
    atOnce = visage.urlSync(source, id, picture);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  console.log(later === atOnce ? later : `${later} but ${atOnce}`);
}
