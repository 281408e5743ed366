// The page's text for each state and reason is true.
import { describe, expect, it } from 'vitest';
import type { EndReason, StatusMessage } from '../../../../server/stats/stats-message.ts';
import { stateWords } from '../../../../web/stage/state-words.ts';

const NOW_MS = 1_000_000;

function status(facts: Partial<StatusMessage>): StatusMessage {
  return {
    op: 'status',
    name: 'show',
    state: 'reconnecting',
    since: NOW_MS - 3_000,
    viewers: 0,
    hls: 'x',
    ...facts,
  };
}

function wordsOf(facts: Partial<StatusMessage>): ReturnType<typeof stateWords> {
  const told = status(facts);
  return stateWords({ state: told.state, status: told, serverNowMs: NOW_MS, skewMs: 0, codec: undefined });
}

const refused: EndReason = { kind: 'refused', code: 'codec', detail: 'the video codec is Sorenson H.263' };

describe('a stream without a publisher', () => {
  it.each([
    [undefined, 'lost connection'],
    [{ kind: 'lost' }, 'lost connection'],
    [{ kind: 'stopped' }, 'has stopped'],
    [{ kind: 'replaced' }, 'Another encoder'],
    [refused, 'can’t use'],
    [{ kind: 'draining' }, 'server is stopping'],
  ] as const)('says of %j that it is so', (reason, text) => {
    const { title, banner } = wordsOf(reason === undefined ? {} : { reason });
    expect(title).toContain(text);
    expect(banner).toContain(text);
  });

  it('says why its encoder was refused', () => {
    expect(wordsOf({ reason: refused }).detail).toContain('Sorenson H.263');
    expect(wordsOf({ state: 'ended', reason: refused }).detail).toContain('Sorenson H.263');
  });

  it('says so also where the stream never began', () => {
    expect(wordsOf({ state: 'offline', reason: refused }).detail).toContain('Sorenson H.263');
  });

  it('says that a test cannot be watched, in every state', () => {
    for (const state of ['connecting', 'starting', 'stalled'] as const)
      expect(wordsOf({ state, isTest: true }).title).toBe('This is a test');
  });

  it('counts down to the end of the grace', () => {
    expect(wordsOf({ reason: { kind: 'lost' }, graceEndsAt: NOW_MS + 12_300 }).timer).toBe('12 s');
    expect(wordsOf({ reason: { kind: 'lost' }, graceEndsAt: NOW_MS - 500 }).timer).toBe('0 s');
  });

  it('counts up where nobody knows the end', () => {
    expect(wordsOf({ state: 'stalled' }).timer).toBe('3 s');
  });
});

describe('a stream that is over', () => {
  it('tells the time of its media, not that of the grace', () => {
    expect(wordsOf({ state: 'ended', reason: { kind: 'stopped' }, mediaMs: 31_400 }).title).toContain(
      '· 31 s',
    );
  });

  it.each([
    [{ kind: 'lost' }, 'connection was lost'],
    [{ kind: 'stopped' }, 'starts again by itself'],
  ] as const)('says of %j that it is so', (reason, text) => {
    expect(wordsOf({ state: 'ended', reason }).detail).toContain(text);
  });

  it('says that the server was stopped where it was', () => {
    expect(wordsOf({ state: 'ended', reason: { kind: 'draining' } }).title).toContain('server was stopped');
  });
});

it('says that another encoder has taken over until there is a picture', () => {
  for (const state of ['connecting', 'starting'] as const)
    expect(wordsOf({ state, reason: { kind: 'replaced' } }).banner).toContain('Another encoder');
});

describe('a codec that this browser lacks', () => {
  it.each([
    ['hvc1.1.6.L93.B0', 'HEVC on this device'],
    ['avc1.f40028', 'H.264 High 4:4:4 4.0. Ask the streamer for 8 bit and 4:2:0'],
    ['avc1.64001f', 'Try Chrome, Edge, Firefox or Safari'],
    ['video/mp4; codecs="av01.0.04M.08"', 'AV1. Try another browser, or ask the streamer for H.264'],
    ['opus', 'the sound, Opus. Ask the streamer for AAC-LC'],
    ['', 'can’t play live video'],
  ])('%s: %s', (codec, text) => {
    const facts = { status: status({ state: 'live' }), serverNowMs: NOW_MS, skewMs: 0, codec };
    expect(stateWords({ ...facts, state: 'unsupported' }).detail).toContain(text);
  });
});

it('says that the viewer’s device is offline, and not that the server is', () => {
  const facts = { status: status({ state: 'live' }), serverNowMs: NOW_MS, skewMs: 0, codec: undefined };
  const text = stateWords({ ...facts, state: 'viewer-offline' });
  expect(text).toMatchObject({
    title: 'Your device is offline',
    banner: expect.stringContaining('Your device'),
  });
});

describe('a signed stream without access', () => {
  it.each([
    ['playback_token_expired', 'Access has expired'],
    ['playback_token_missing', 'No access'],
    ['playback_token_of_a_later_version', 'No access'],
    ['toString', 'No access'],
  ])('says for %s: %s', (denial, title) => {
    const facts = {
      state: 'denied',
      status: undefined,
      serverNowMs: NOW_MS,
      skewMs: 0,
      codec: undefined,
      denial,
    } as const;
    expect(stateWords(facts)).toMatchObject({ title, detail: expect.stringMatching(/./) });
  });
});
