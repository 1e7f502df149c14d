// SPDX-License-Identifier: MIT
//
// npm's multiformats makes the CIDs; a directory and a repository of two dozen lines have the blobs.

import { createServer } from 'node:http';

import { base32upper } from 'multiformats/bases/base32';
import { base36 } from 'multiformats/bases/base36';
import { base58btc } from 'multiformats/bases/base58';
import { base64url } from 'multiformats/bases/base64';
import { CID } from 'multiformats/cid';
import * as json from 'multiformats/codecs/json';
import * as raw from 'multiformats/codecs/raw';
import { sha256, sha512 } from 'multiformats/hashes/sha2';

import { check, expectPicture, expectStatus, finish } from './check.mjs';
import { meet, picture } from './counterpart.mjs';

const DAG_PB = 0x70;
const did = 'did:plc:ewvi7nxzyoun6zhxrhs64oiz';
const blobs = new Map(); // by CID
let served = 0;

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const blob = blobs.get(url.searchParams.get('cid'));

  if (decodeURIComponent(url.pathname) === `/${did}`) {
    response.setHeader('Content-Type', 'application/did+ld+json');
    response.end(JSON.stringify({
      '@context': ['https://www.w3.org/ns/did/v1'],
      id: did,
      service: [{ id: '#atproto_pds', type: 'AtprotoPersonalDataServer',
                  serviceEndpoint: `http://127.0.0.1:${server.address().port}` }],
    }));
  } else if (url.pathname === '/xrpc/com.atproto.sync.getBlob' && blob) {
    served++;
    response.end(blob);
  } else {
    response.statusCode = 400;
    response.setHeader('Content-Type', 'application/json');
    response.end('{"error":"InvalidRequest","message":"Blob not found"}');
  }
});

await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const base = await meet(server.address().port);
const url = (cid) => `${base}/img/avatar_small/plain/${did}/${cid}`;

for (const name of ['photo', 'alpha', 'logo']) {
  const bytes = await picture(name);
  const digest = await sha256.digest(bytes);
  const cid = CID.createV1(raw.code, digest);
  const { headers } = await (blobs.set(cid.toString(), bytes),
    expectPicture(url(cid), [360, 360]));

  check(headers.get('etag') === `"avatar_small-${cid}"`, cid.toString(), headers.get('etag'));
  check(headers.get('content-type') === 'image/jpeg', headers.get('content-type'));
  check(headers.get('cache-control')?.includes('immutable'), headers.get('cache-control'));
  await expectPicture(url(cid), [360, 360]);

  // Other spellings of the same, and other ways to name the same bytes: no blob has such a CID.
  for (const other of [
    cid.toString(base58btc), cid.toString(base32upper), cid.toString(base36),
    cid.toString(base64url), CID.createV0(digest).toString(),
    CID.createV1(DAG_PB, digest).toString(), CID.createV1(json.code, digest).toString(),
    CID.createV1(raw.code, await sha512.digest(bytes)).toString(),
  ]) {
    blobs.set(other, bytes);
    await expectStatus(url(other), 400);
  }
}
check(served === 3, 'blobs are fetched once', served);

// What a repository has under a CID must be what it names.
const photo = await picture('photo');
const another = CID.createV1(raw.code, await sha256.digest(new TextEncoder().encode('another')));
await expectStatus(url(another), 404);
blobs.set(another.toString(), photo);
const third = CID.createV1(raw.code, await sha256.digest(photo.slice(1)));
blobs.set(third.toString(), photo);
await expectStatus(url(third), 404);

finish();
