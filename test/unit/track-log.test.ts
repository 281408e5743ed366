// The log lines about a track that stops: what replaces it, or why nothing does.
import { expect, test } from 'vitest';
import type { Clip } from '../../server/relay/clip-loop.ts';
import { goLive, openGateway, tinyClip, tinyTags } from './gateway-fixture.ts';

test.each([
  ['audio', 'video', 'silence replaces it'],
  ['video', 'audio', 'the last key frame replaces it'],
] as const)(
  'says that %s has stopped, and why nothing replaces it any more',
  async (lost, kept, replaced) => {
    const open = await openGateway();
    const { publisher } = await goLive(open, 'part', 4_000);
    const rest: Clip = { ...tinyClip, tags: tinyTags.filter(({ kind }) => kind === kept) };
    // A minute of media at once: more than the gateway makes of the other track.
    for (let round = 1; round < 16; round += 1)
      for (const { timestamp, body } of rest.tags.slice(1))
        publisher[kept](round * tinyClip.durationMs + timestamp, body);
    await open.log.until(({ reason }) => String(reason).startsWith('nothing replaces it'));
    const lines = open.log.lines.filter(({ code }) => code === 'track_stopped');
    expect(lines).toMatchObject([
      { msg: 'a track has stopped', stream: 'part', track: lost === 'audio' ? 'a0' : 'v0', reason: replaced },
      {
        reason:
          'nothing replaces it: the timestamps of the source jump, or run more than twice as fast as real time',
      },
    ]);
  },
);
