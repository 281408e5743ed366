// Pictures that are seconds apart, beside sound: the first one must not wait for the second, or the sound would begin alone.
import { expect, test } from 'vitest';
import { fetchMedia } from '../support/hls-client.ts';
import { openGateway, startSource, tinyClip, tinyTags, untilState } from './gateway-fixture.ts';

const sound = tinyClip.tags.filter(({ kind, body }) => kind === 'audio' && body[1] === 1);
const keyFrames = tinyTags.filter(({ kind, body }) => kind === 'video' && body[0] === 0x17 && body[1] === 1);
const configs = tinyTags.filter(({ kind, body }) => kind !== 'script' && body[1] === 0);

test.each([1, 2, 4, 5])('a picture every %i s and sound play in one run, without a gap', async (stepS) => {
  const open = await openGateway();
  const live = untilState(open.gateway, 'slow', 'live');
  const { publisher } = await startSource(open.rtmpPort, 'slow');
  const send = (kind: string, at: number, body: Buffer): void =>
    kind === 'video' ? publisher.video(at, body) : publisher.audio(at, body);
  for (const { kind, body } of configs) send(kind, 0, body);
  const endMs = 6 * stepS * 1_000;
  let pictureMs = 0;
  for (let round = 0; round * tinyClip.durationMs < endMs; round += 1)
    for (const { timestamp, body } of sound) {
      const at = round * tinyClip.durationMs + timestamp;
      for (; pictureMs <= at; pictureMs += stepS * 1_000) {
        const picture = keyFrames[(pictureMs / 1_000) % keyFrames.length];
        if (picture !== undefined) send('video', pictureMs, picture.body);
      }
      send('audio', at, body);
    }
  await live;
  const { text } = await fetchMedia(open.url('/live/slow/main.m3u8'));
  expect(text).not.toMatch(/DISCONTINUITY\n|GAP/);
});
