// SPDX-License-Identifier: MIT
//
// A real personal data server and a real directory of did:plc, as npm's @atproto/dev-env starts them.
// Visage shows what somebody uploads there.

import { TestNetworkNoAppView } from '@atproto/dev-env';

import { check, expectPicture, expectStatus, finish } from '../check.mjs';
import { meet, picture } from '../counterpart.mjs';

const network = await TestNetworkNoAppView.create({});
const agent = network.pds.getClient();
const base = await meet(network.plc.port);

await agent.createAccount({ email: 'anna@example.org', handle: 'anna.test', password: 'anna-pass' });
const did = agent.session.did;
const url = (preset, cid, suffix = '') => `${base}/img/${preset}/plain/${did}/${cid}${suffix}`;

async function upload(name, type) {
  const { data } = await agent.com.atproto.repo.uploadBlob(await picture(name), { encoding: type });

  return data.blob;
}

const avatar = await upload('photo', 'image/jpeg');
const banner = await upload('alpha', 'image/png');
const unused = await upload('logo', 'image/png');

await agent.com.atproto.repo.putRecord({
  repo: did,
  collection: 'app.bsky.actor.profile',
  rkey: 'self',
  record: { $type: 'app.bsky.actor.profile', displayName: 'Anna', avatar, banner },
});

await expectPicture(url('avatar', avatar.ref), [1000, 1000]);
await expectPicture(url('avatar_small', avatar.ref), [360, 360]);
await expectPicture(url('avatar_small', avatar.ref, '@png'), [360, 360]);
await expectPicture(url('banner', banner.ref, '@webp'), [640, 300]);

// What no record refers to is not there, and neither is what nobody has uploaded.
await expectStatus(url('avatar', unused.ref), 404);
await expectStatus(
  url('avatar', 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'), 404);
await expectStatus(`${base}/img/avatar/plain/did:plc:ewvi7nxzyoun6zhxrhs64oiz/${avatar.ref}`, 502);

// What has been drawn needs neither of them any more.
await network.close();
const { headers } = await expectPicture(url('avatar', avatar.ref), [1000, 1000]);
check(headers.get('cache-status')?.includes('; hit'), headers.get('cache-status'));
await expectPicture(url('banner', avatar.ref), [640, 300]);

finish();
