// Row 42 of docs/trust.md: who gets a name in use, whether or not its holder sends, and what viewers see of the change.
import { describe, expect, test } from 'vitest';
import { type Clip, clipFrom } from '../../../server/relay/clip-loop.ts';
import { fetchMedia } from '../../support/hls-client.ts';
import { goLive, openGateway, startSource, tinyClip, tinyTags, untilState } from '../gateway-fixture.ts';
import { connectEncoder } from './raw-encoder.ts';

/** The same encoder without sound: another configuration, which needs its own EXT-X-MAP. */
const silentClip: Clip = clipFrom(tinyTags.filter(({ kind }) => kind !== 'audio'));

const CLIPS = { 'the same media': tinyClip, 'other media': silentClip } as const;

describe.each(Object.entries(CLIPS))('a second publisher with %s', (what, clip) => {
  const maps = what === 'other media' ? 2 : 1;

  test.each([
    ['silent', 'speaks', 'refused'],
    ['silent', 'is silent', 'accepted'],
    ['newest', 'speaks', 'accepted'],
    ['newest', 'is silent', 'accepted'],
  ] as const)(
    'with takeover %s and a first one that %s: %s',
    async (takeover, holder, outcome) => {
      const open = await openGateway({ stream: { takeover } });
      const first = await goLive(open, 'contested');
      if (holder === 'is silent') await untilState(open.gateway, 'contested', 'stalled');
      if (outcome === 'refused') {
        const second = await connectEncoder(open.rtmpPort, 'contested');
        expect(await second.rejected).toContain('NetStream.Publish.BadName');
        await open.log.untilClosed('name_taken');
        first.sendUntil(3_000);
        expect(open.gateway.streams()).toMatchObject([{ name: 'contested', state: 'live' }]);
        return;
      }
      const second = await startSource(open.rtmpPort, 'contested', clip);
      expect(await first.publisher.closed).toMatchObject({
        code: 'rejected',
        message: expect.stringContaining('NetStream.Publish.BadName: another publisher of "contested" came'),
      });
      const live = untilState(open.gateway, 'contested', 'live');
      second.sendUntil(4_000);
      await live;
      const url = open.url('/live/contested/main.m3u8');
      let { text } = await fetchMedia(url);
      while (!/DISCONTINUITY\n/.test(text)) text = (await fetchMedia(url)).text;
      expect(text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
      expect(new Set(text.match(/#EXT-X-MAP:URI="[^"]+"/g)).size).toBeGreaterThanOrEqual(maps);
      expect(await open.log.untilClosed('replaced')).toMatchObject({ stream: 'contested' });
    },
    15_000,
  );
});

test('whoever had the name and lost it is a stranger afterwards', async () => {
  const open = await openGateway({ stream: { takeover: 'newest' } });
  const first = await connectEncoder(open.rtmpPort, 'contested');
  await first.started;
  const second = await goLive(open, 'contested');
  await first.rejected;
  const third = await connectEncoder(open.rtmpPort, 'contested');
  await third.started;
  expect(await second.publisher.closed).toMatchObject({ code: 'rejected' });
  expect(open.log.lines.filter(({ code }) => code === 'replaced')).toHaveLength(2);
});
