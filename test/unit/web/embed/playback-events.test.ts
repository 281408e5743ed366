// Which events of Player.js a change of the player means.
import { expect, test } from 'vitest';
import { hasBegun, type PlayerFacts, playerNews } from '../../../../web/embed/playback-events.ts';

const START: PlayerFacts = {
  name: 'show',
  state: 'unknown',
  playback: 'idle',
  hasBegun: false,
  wantsAutoplay: true,
  lacksSound: false,
  isMutedByPage: false,
  denial: undefined,
};

/** The names of the events of a series of changes. */
function events(...steps: readonly Partial<PlayerFacts>[]): string[] {
  let before: PlayerFacts | undefined;
  return steps.flatMap((step) => {
    const known = { ...(before ?? START), ...step };
    const after = { ...known, hasBegun: hasBegun(before, known.playback) };
    const news = playerNews(before, after);
    before = after;
    return news.map(({ event, value }) => {
      const detail = typeof value === 'object' && value !== null ? Object.values(value).at(-1) : undefined;
      return detail === undefined || event === 'live' ? event : `${event} ${detail}`;
    });
  });
}

test('a stream that begins, plays and ends', () => {
  expect(
    events(
      {},
      { state: 'offline' },
      { state: 'live' },
      { playback: 'loading' },
      { playback: 'playing' },
      { playback: 'playing' },
      { state: 'ended' },
      { playback: 'ended' },
    ),
  ).toEqual(['offline offline', 'live', 'play', 'offline ended', 'ended']);
});

test('a wait for media is a stall of the viewer, and no new play', () => {
  const live = { state: 'live', playback: 'playing' } as const;
  expect(events(live, { playback: 'buffering' }, { playback: 'playing' })).toEqual([
    'play',
    'live',
    'stalled viewer',
  ]);
});

test('a silent streamer is a stall of the stream', () => {
  expect(
    events({ state: 'live', playback: 'playing' }, { state: 'stalled' }, { playback: 'buffering' }),
  ).toEqual(['play', 'live', 'stalled stream']);
});

test('a wait before the first picture is no stall, and the first picture is the play', () => {
  const waits = { state: 'live', playback: 'buffering' } as const;
  expect(events({ state: 'live', playback: 'loading' }, waits, { playback: 'playing' })).toEqual([
    'live',
    'play',
  ]);
});

test('pause and play', () => {
  expect(events({ playback: 'playing' }, { playback: 'paused' }, { playback: 'playing' })).toEqual([
    'play',
    'pause',
    'play',
  ]);
});

test('a refused autoplay is said, and one that was not asked for is not', () => {
  expect(events({}, { playback: 'waiting-for-click' })).toEqual(['autoplayblocked click']);
  expect(events({ wantsAutoplay: false }, { playback: 'waiting-for-click' })).toEqual([]);
});

test('sound that the browser refused is said once, and a muted start that the page asked for is not', () => {
  const muted = { playback: 'playing', lacksSound: true } as const;
  expect(events({ playback: 'playing' }, muted, muted)).toEqual(['play', 'autoplayblocked sound']);
  expect(events({ ...muted, isMutedByPage: true })).toEqual(['play']);
});

test('a codec that the browser cannot play, and a stream without access', () => {
  expect(events({}, { playback: 'unsupported' })).toEqual(['error This browser cannot play the stream.']);
  const denied = { state: 'denied', denial: 'playback_token_missing' } as const;
  expect(events({}, denied, denied, { denial: 'playback_token_expired' })).toEqual([
    'denied playback_token_missing',
    'denied playback_token_expired',
  ]);
});
