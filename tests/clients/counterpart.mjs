// SPDX-License-Identifier: MIT
//
// For scripts that have servers of their own, which Visage is to fetch from: they say where they
// are, and are told then where Visage answers. Arguments of such a script: a directory to talk
// through, the tests' origin.

import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

const directory = process.argv[2];

/** @param {number} port of the directory of did:plc  @returns {Promise<string>} "http://host:port" */
export async function meet(port) {
  await writeFile(`${directory}/plc.new`, `${port}`);
  await rename(`${directory}/plc.new`, `${directory}/plc`);
  while (!existsSync(`${directory}/base`)) await pause(20);
  return readFile(`${directory}/base`, 'utf8');
}

/** A picture of the tests' origin. */
export async function picture(name) {
  const answer = await fetch(`${process.argv[3]}/ok/${name}`);

  return new Uint8Array(await answer.arrayBuffer());
}
