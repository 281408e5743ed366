// Video without a first key frame ends after a time or a number of bytes, whichever comes first.

import { expect, test } from 'vitest';
import { KeyFrameWatch } from '../../../server/ingest/first-key-frame.ts';
import { clockOf } from '../../support/clock.ts';

function watching(limits = { keyFrameWaitMs: 30_000, maxBytesBeforeKeyFrame: 1_000_000 }) {
  let now = 5;
  const watch = new KeyFrameWatch(
    limits,
    clockOf(() => now),
  );
  return {
    watch,
    /** Frames 40 ms apart without a key frame. */
    send: (frames: number, byteCount = 100) => {
      for (let at = 0; at < frames; at += 1) {
        watch.note(false, byteCount);
        now += 40;
      }
    },
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const NO_KEYFRAME = expect.objectContaining({ code: 'no_keyframe', kind: 'invalid-data' });

test('the wait begins with the first frame and lasts its time', () => {
  const { watch, send, pass } = watching();
  pass(100_000);
  send(750);
  expect(() => watch.note(false, 1)).toThrow(NO_KEYFRAME);
});

test('so many bytes are enough, whatever the time', () => {
  const { watch } = watching();
  watch.note(false, 1_000_000);
  expect(() => watch.note(false, 1)).toThrow(NO_KEYFRAME);
  // Which limit was met is in the sentence.
  expect(() => watch.note(false, 1)).toThrow('(rtmp.max-before-key-frame)');
});

test('what to set is said', () => {
  const { watch, send } = watching();
  send(750, 1_000);
  expect(() => watch.note(false, 1)).toThrow(
    "no key frame in 30.0 s and 750001 bytes of video (rtmp.key-frame-wait), so nothing can show it; set the encoder's keyframe interval to 2 s",
  );
});

test('one key frame is enough for ever: intra refresh sends no other', () => {
  const { watch, send } = watching();
  send(700);
  watch.note(true, 5_000);
  expect(() => send(100_000)).not.toThrow();
});

test('a new configuration wants one of its own, and has the whole time for it', () => {
  const { watch, send } = watching();
  send(749);
  watch.restart();
  send(750);
  expect(() => watch.note(false, 1)).toThrow(NO_KEYFRAME);
  watch.restart();
  watch.note(true, 1);
  watch.restart();
  expect(() => send(751)).toThrow(NO_KEYFRAME);
});
