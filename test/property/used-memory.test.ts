// Memory of messages, samples and parts is used again. Whatever a publisher sends, the parts are those of memory that is used once.
// test/support/poison.ts overwrites expired bytes here.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../server/bytes/free-bytes.ts';
import { GatewayError } from '../../server/errors.ts';
import { writeAacTag } from '../../server/flv/audio-tag.ts';
import { writeAvcTag } from '../../server/flv/video-tag.ts';
import { AAC_44100, AAC_48000 } from '../cases/aac-configs.ts';
import { AVC_720P, AVC_CONFIG_CASES } from '../cases/avc-configs.ts';
import { aggregateBody, EncoderScript } from '../cases/rtmp-script.ts';
import { cut, pattern, pseudoRandom } from '../cases/rtmp-splits.ts';
import { SessionPipe } from '../support/session-pipe.ts';

const AVC_RECORDS = [AVC_720P, ...AVC_CONFIG_CASES.slice(0, 3)].map(({ record }) => record);
const AAC_RECORDS = [AAC_48000, AAC_44100].map(({ record }) => record);

const size = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 3, max: 3_000 }) },
  { weight: 3, arbitrary: fc.integer({ min: 3_000, max: 40_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 200_000 }) },
);
const wait = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 10, max: 60 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 4_000 }) },
);
const count = fc.integer({ min: 1, max: 40 });
const step = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('media' as const), count, size, wait, hasSound: fc.boolean() }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('sound' as const),
      count,
      size: fc.integer({ min: 2, max: 2_000 }),
      wait,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slices' as const), count, size, wait }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('aggregate' as const),
      // One turn handles 256 messages.
      count: fc.oneof(count, fc.integer({ min: 257, max: 600 })),
      size: fc.integer({ min: 3, max: 300 }),
      wait: fc.integer({ min: 10, max: 20 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('config' as const), avc: fc.nat(), aac: fc.nat({ max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('damage' as const), size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('abort' as const), size }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('republish' as const, 'reconnect' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Writes the flights of connections, one after another. */
class Encoder {
  readonly flights: Buffer[][] = [];
  #script = new EncoderScript();
  readonly #chunkBytes: number;
  readonly #soundAheadMs: number;
  #time = 0;
  #made = 0;

  constructor(chunkBytes: number, soundAheadMs: number) {
    this.#chunkBytes = chunkBytes;
    this.#soundAheadMs = soundAheadMs;
    this.#connect();
  }

  take(drawn: Step): void {
    switch (drawn.kind) {
      case 'media':
        for (let at = 0; at < drawn.count; at += 1) {
          this.#send(this.#script.video(this.#tick(drawn.wait), this.#picture(drawn.size, at === 0, true)));
          if (drawn.hasSound) this.#send(this.#script.audio(this.#soundTime, this.#sound(300)));
        }
        return;
      case 'sound':
        for (let at = 0; at < drawn.count; at += 1)
          this.#send(this.#script.audio(this.#tick(drawn.wait), this.#sound(drawn.size)));
        return;
      case 'slices':
        for (let at = 0; at < drawn.count; at += 1) {
          this.#tick(at % 3 === 0 ? drawn.wait : 0);
          if (at % 6 === 0) this.#send(this.#script.video(this.#time, this.#message(drawn.size % 3_000)));
          this.#send(this.#script.video(this.#time, this.#picture(drawn.size, at < 3, at % 3 === 0)));
        }
        return;
      case 'aggregate': {
        const parts = Array.from({ length: drawn.count }, (_, at) => ({
          type: at % 2 === 0 ? 9 : 8,
          time: this.#tick(drawn.wait),
          body: at % 2 === 0 ? this.#picture(drawn.size, at === 0, true) : this.#sound(drawn.size),
        }));
        const timestamp = parts[0]?.time ?? 0;
        return this.#send(
          this.#script.message({ type: 22, messageStreamId: 1, timestamp, body: aggregateBody(parts) }, 6),
        );
      }
      case 'config':
        return this.#configure(drawn.avc, drawn.aac);
      case 'damage':
        return this.#send(this.#script.video(this.#time, this.#tag(pattern(drawn.size, 0x7f), false)));
      case 'abort': {
        const whole = this.#script.message(
          {
            type: 9,
            messageStreamId: 1,
            timestamp: this.#time,
            body: this.#picture(drawn.size, false, true),
          },
          7,
        );
        // The message ends after its first chunk, and the next one needs a full header.
        if (drawn.size + 9 <= this.#chunkBytes) return this.#send(whole);
        this.#send(whole.subarray(0, 12 + this.#chunkBytes));
        return this.#send(this.#script.control({ kind: 'abort', chunkStreamId: 7 }));
      }
      case 'republish':
        this.#send(this.#script.command('FCUnpublish', 6, null, ['key']));
        return this.#publish();
      case 'reconnect':
        return this.#connect();
    }
  }

  #connect(): void {
    this.#script = new EncoderScript();
    this.flights.push([]);
    this.#send(this.#script.opening());
    this.#send(this.#script.control({ kind: 'set-chunk-size', chunkBytes: this.#chunkBytes }));
    this.#publish();
  }

  #publish(): void {
    this.#send(this.#script.publish());
    this.#configure(0, 0);
  }

  /** Sound changes less often than pictures. */
  #configure(avcPick: number, aacPick: number): void {
    const [avc, aac] = [AVC_RECORDS[avcPick % AVC_RECORDS.length], AAC_RECORDS[Math.floor(aacPick / 3)]];
    if (avc === undefined || aac === undefined) return;
    this.#send(
      this.#script.video(
        this.#time,
        writeAvcTag({ isConfig: true, isKey: true, compositionMs: 0, data: avc }),
      ),
    );
    this.#send(this.#script.audio(this.#soundTime, writeAacTag({ isConfig: true, data: aac })));
  }

  #send(bytes: Buffer): void {
    this.flights.at(-1)?.push(bytes);
  }

  get #soundTime(): number {
    return this.#time + this.#soundAheadMs;
  }

  #tick(ms: number): number {
    this.#time += ms;
    return this.#time;
  }

  /** A slice with contents of its own; `isFirst`: of its picture. */
  #picture(bytes: number, isKey: boolean, isFirst: boolean): Buffer {
    const slice = pattern(Math.max(bytes, 6), this.#made++);
    slice[0] = isKey ? 0x65 : 0x41;
    slice[1] = isFirst ? 0x80 : 0x40;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(slice.length);
    return this.#tag(Buffer.concat([length, slice]), isKey);
  }

  /** A message (SEI) that belongs to the next picture. */
  #message(bytes: number): Buffer {
    const sei = pattern(Math.max(bytes, 6), this.#made++);
    sei[0] = 0x06;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(sei.length);
    return this.#tag(Buffer.concat([length, sei]), false);
  }

  #tag(data: Buffer, isKey: boolean): Buffer {
    return writeAvcTag({ isConfig: false, isKey, compositionMs: 0, data });
  }

  #sound(bytes: number): Buffer {
    const data = pattern(bytes, this.#made++);
    data[0] = 0x21;
    return writeAacTag({ isConfig: false, data });
  }
}

/** Every part of the stream, or the code of the error that ended it. */
function run(flights: readonly (readonly Buffer[])[], seed: number, isFresh: boolean): readonly string[] {
  const pipe = new SessionPipe({ window: 600 }, isFresh);
  const ends: string[] = [];
  for (const [at, flight] of flights.entries()) {
    if (at > 0) pipe.reconnect();
    const random = pseudoRandom(seed);
    try {
      for (const read of cut(Buffer.concat(flight), () => 1 + Math.floor(random() * 70_000))) {
        const bytes = Buffer.allocUnsafeSlow(read.length);
        bytes.set(read);
        pipe.feed(bytes);
        if (!isFresh) freeBytes(bytes);
      }
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      ends.push(error.code);
    }
    ends.push(pipe.closedBy ?? 'open');
  }
  pipe.end();
  return [...ends, ...pipe.digests()];
}

describe('memory that is used again', () => {
  it('gives the same parts as memory that is used once', () => {
    let partsSeen = 0;
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 3, maxLength: 25 }),
        fc.constantFrom(128, 4096, 65_536),
        fc.constantFrom(0, 200),
        fc.nat(),
        (steps, chunkBytes, soundAheadMs, seed) => {
          const encoder = new Encoder(chunkBytes, soundAheadMs);
          for (const drawn of steps) encoder.take(drawn);
          const expected = run(encoder.flights, seed, true);
          expect(run(encoder.flights, seed, false)).toEqual(expected);
          if (expected.length > encoder.flights.length + 2) partsSeen += 1;
        },
      ),
      { numRuns: 60 },
    );
    // Most runs have segments.
    expect(partsSeen).toBeGreaterThan(30);
  });
});
