// The steps of the set-up page from what is known about a stream.
import { expect, test } from 'vitest';
import { type ChecklistFacts, checklist } from '../../../../web/setup/checklist.ts';

const FACTS: ChecklistFacts = {
  isReachable: true,
  status: undefined,
  waitedMs: 0,
  isPlaying: false,
  isClosed: false,
};

/** Each step as its state and the kind of its detail. */
function steps(facts: Partial<ChecklistFacts>): string {
  return checklist({ ...FACTS, ...facts })
    .map(({ state, detail }) => (detail === undefined ? state : `${state} ${detail.kind}`))
    .join(', ');
}

test.each([
  ['nothing is known', { isReachable: undefined }, 'active asking, waiting, waiting, waiting'],
  ['the server is away', { isReachable: false }, 'fault unreachable, waiting, waiting, waiting'],
  ['no status has arrived', {}, 'done, active noEncoder, waiting, waiting'],
  ['nobody publishes', { status: { state: 'offline' } }, 'done, active noEncoder, waiting, waiting'],
  ['the stream is over', { status: { state: 'ended' } }, 'done, active ended, waiting, waiting'],
  ['an encoder is there', { status: { state: 'connecting' } }, 'done, done, active noMedia, waiting'],
  ['media arrives', { status: { state: 'starting' } }, 'done, done, active noKeyFrame, waiting'],
  [
    'no key frame for long',
    { status: { state: 'starting' }, waitedMs: 4_000 },
    'done, done, active slowKeyFrame, waiting',
  ],
  ['it is live', { status: { state: 'live' } }, 'done, done, done, active loading'],
  ['it plays', { status: { state: 'live' }, isPlaying: true }, 'done, done, done, done'],
  ['the encoder is silent', { status: { state: 'stalled' } }, 'done, fault silent, waiting, waiting'],
  [
    'the encoder is lost',
    { status: { state: 'reconnecting', reason: { kind: 'lost' } } },
    'done, fault lost, waiting, waiting',
  ],
  [
    'the encoder has stopped',
    { status: { state: 'reconnecting', reason: { kind: 'stopped' } } },
    'done, fault stopped, waiting, waiting',
  ],
  [
    'its media cannot be used',
    { status: { state: 'offline', reason: { kind: 'refused', code: 'x', detail: 'the codec is HEVC' } } },
    'done, fault refused, waiting, waiting',
  ],
  [
    'its media could not be used any longer',
    { status: { state: 'reconnecting', reason: { kind: 'refused', code: 'bitrate', detail: 'too much' } } },
    'done, fault refused, waiting, waiting',
  ],
  [
    'the operator has disconnected it',
    { status: { state: 'reconnecting', reason: { kind: 'refused', code: 'kicked', detail: 'kicked' } } },
    'done, fault byOperator, waiting, waiting',
  ],
  [
    'the gateway itself has failed',
    { status: { state: 'offline', reason: { kind: 'refused', code: 'internal_error', detail: 'x' } } },
    'done, fault byServer, waiting, waiting',
  ],
  ['viewers need a token', { isClosed: true }, 'done, waiting closed, waiting, waiting'],
] as const)('%s', (_what, facts, expected) => {
  expect(steps(facts)).toBe(expected);
});

test('the reason of a refusal is kept', () => {
  const reason = { kind: 'refused', code: 'x', detail: 'the codec is HEVC' } as const;
  expect(checklist({ ...FACTS, status: { state: 'offline', reason } })[1]?.detail).toEqual({
    kind: 'refused',
    reason,
  });
});
