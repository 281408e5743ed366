// No read blocks others: a session handles a limited number of messages and chunks in a turn, and loses nothing.
import { describe, expect, it } from 'vitest';
import { MAX_CHUNK_BYTES, MAX_TURN_CHUNKS, MAX_TURN_MESSAGES } from '../../../server/rtmp/limits.ts';
import { Session, type SessionOutput } from '../../../server/rtmp/session.ts';
import {
  aggregateBody,
  connectedSession,
  EncoderScript,
  kept,
  publishingSession,
} from '../../cases/rtmp-script.ts';
import { comparable, pattern } from '../../cases/rtmp-splits.ts';
import { wire, wireControl } from '../../cases/rtmp-wire.ts';

const KIB = 1024;

function mediaIn(outputs: readonly SessionOutput[]): number[] {
  return outputs.flatMap((output) =>
    output.kind === 'audio' || output.kind === 'video' ? [output.timestamp] : [],
  );
}

/** All remaining turns. The caller's buffers are overwritten in between, as by a socket. */
function readOn(session: Session): SessionOutput[][] {
  const turns: SessionOutput[][] = [];
  while (session.hasUnread) turns.push([...session.resume()]);
  return turns;
}

function audios(script: EncoderScript, count: number, from = 0): Buffer {
  return Buffer.concat(Array.from({ length: count }, (_, at) => script.audio(from + at, pattern(1))));
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

describe('one turn', () => {
  it('handles so many messages and leaves the rest, in order, also when the buffer is reused', () => {
    const { session, script } = publishingSession();
    const bytes = audios(script, 10_000);
    const first = session.receive(bytes);
    bytes.fill(0xee);
    expect(mediaIn(first)).toEqual(numbers(MAX_TURN_MESSAGES));
    const turns = readOn(session);
    expect(turns.every((turn) => mediaIn(turn).length <= MAX_TURN_MESSAGES)).toBe(true);
    expect(mediaIn([...first, ...turns.flat()])).toEqual(numbers(10_000));
    expect(session.resume()).toEqual([]);
  });

  it('counts the messages of an aggregate, however few chunks it has', () => {
    const { session, script } = publishingSession();
    const body = aggregateBody(numbers(1_024).map((time) => ({ type: 8, time, body: pattern(1) })));
    const aggregate = script.message({ type: 22, messageStreamId: 1, timestamp: 0, body }, 6);
    const first = session.receive(Buffer.concat([aggregate, script.audio(1_024, pattern(1))]));
    expect(mediaIn(first).length).toBeLessThan(MAX_TURN_MESSAGES);
    const turns = readOn(session);
    expect(turns.every((turn) => mediaIn(turn).length <= MAX_TURN_MESSAGES)).toBe(true);
    expect(mediaIn([...first, ...turns.flat()])).toEqual(numbers(1_025));
  });

  it('counts the bytes of the messages of an aggregate, because one read can end 16 MiB of them', () => {
    const { session, script } = publishingSession();
    const body = aggregateBody(numbers(5).map((time) => ({ type: 9, time, body: pattern(40 * KIB) })));
    const chunks = script.control({ kind: 'set-chunk-size', chunkBytes: MAX_CHUNK_BYTES });
    const aggregate = script.message({ type: 22, messageStreamId: 1, timestamp: 0, body }, 6);
    const first = session.receive(Buffer.concat([chunks, aggregate]));
    expect([first, ...readOn(session)].map(mediaIn)).toEqual([[0, 1], [2, 3], [4]]);
  });

  it.each([1, 2, 64, 127])('reads so many chunks, with a chunk size of %i', (chunkBytes) => {
    const { session, script } = publishingSession();
    const body = pattern(30_000);
    const read = Buffer.concat([
      script.control({ kind: 'set-chunk-size', chunkBytes }),
      script.video(0, body),
      script.audio(1, pattern(9)),
    ]);
    const outputs = [...session.receive(read)];
    const turns = readOn(session);
    expect(turns.length).toBeGreaterThanOrEqual(Math.floor(30_000 / chunkBytes / MAX_TURN_CHUNKS));
    outputs.push(...turns.flat());
    expect(outputs).toEqual([
      { kind: 'video', timestamp: 0, body },
      { kind: 'audio', timestamp: 1, body: pattern(9) },
    ]);
  });

  it('counts messages about the link, which nobody hears of', () => {
    const { session, script } = publishingSession();
    const ping = script.control({ kind: 'user-control', event: 6, value: 1 });
    session.receive(
      Buffer.concat([...numbers(MAX_TURN_CHUNKS + 1).map(() => ping), script.audio(0, pattern(1))]),
    );
    expect(session.hasUnread).toBe(true);
    expect(mediaIn(readOn(session).flat())).toEqual([0]);
  });
});

describe('between turns', () => {
  it('keeps the messages of an aggregate that is longer than a turn', () => {
    const { session, script } = publishingSession();
    const parts = Array.from({ length: 3 * MAX_TURN_MESSAGES }, (_, at) => ({
      type: 8,
      time: at,
      body: pattern(50, at),
    }));
    const message = { type: 22, messageStreamId: 1, timestamp: 0, body: aggregateBody(parts) };
    const outputs = session.receive(script.message(message, 6)).map(kept);
    while (session.hasUnread) outputs.push(...session.resume().map(kept));
    expect(outputs).toEqual(parts.map(({ time, body }) => ({ kind: 'audio', timestamp: time, body })));
  });

  it('what comes is read behind what was left', () => {
    const { session, script } = publishingSession();
    const outputs = [...session.receive(audios(script, 3_000))];
    for (const from of [3_000, 3_001, 3_002]) outputs.push(...session.receive(audios(script, 1, from)));
    expect(session.hasUnread).toBe(true);
    expect(mediaIn([...outputs, ...readOn(session).flat()])).toEqual(numbers(3_003));
  });

  it('a caller that does not pause is held to the cap', () => {
    const { session, script } = publishingSession();
    session.receive(audios(script, 5_000));
    const outputs = [0, 1, 2].flatMap(() => [...session.receive(pattern(64 * KIB))]);
    expect(outputs.at(-1)).toMatchObject({ kind: 'closed', code: 'held_bytes' });
    expect(session.hasUnread).toBe(false);
    expect(session.resume()).toEqual([]);
  });

  it('a publish request waits for its turn, and what follows it for the decision', () => {
    const { session, script } = connectedSession();
    const ping = script.control({ kind: 'user-control', event: 6, value: 1 });
    const flight = Buffer.concat([
      ...numbers(MAX_TURN_CHUNKS + 7).map(() => ping),
      script.publish(),
      audios(script, 600),
    ]);
    expect(session.receive(flight).map(({ kind }) => kind)).toEqual(['send']);
    expect(session.resume().map(({ kind }) => kind)).toEqual(['send', 'publish-requested']);
    expect(session.hasUnread).toBe(false);
    expect(session.resume()).toEqual([]);
    const accepted = session.accept();
    expect(mediaIn(accepted)).toEqual(numbers(MAX_TURN_MESSAGES));
    expect(mediaIn([...accepted, ...readOn(session).flat()])).toEqual(numbers(600));
  });

  it('a refusal and a farewell drop what was left', () => {
    const { session, script } = publishingSession();
    session.receive(audios(script, 3_000));
    expect(session.end().at(-1)?.kind).toBe('closed');
    expect(session.hasUnread).toBe(false);
    expect(session.resume()).toEqual([]);
  });

  it('a fault in what was left closes by its name, behind the media before it', () => {
    const { session, script } = publishingSession();
    const outputs = [...session.receive(Buffer.concat([audios(script, 700), wire(wireControl(1, 0))]))];
    outputs.push(...readOn(session).flat());
    expect(mediaIn(outputs)).toEqual(numbers(700));
    expect(outputs.at(-1)).toMatchObject({ kind: 'closed', code: 'bad_chunk_size' });
  });

  it('puts out the same as reads of one byte', () => {
    const script = new EncoderScript();
    const flight = Buffer.concat([
      script.opening(),
      script.publish(),
      audios(script, 900),
      script.command('FCUnpublish', 6, null, ['key']),
      script.publish('other'),
      audios(script, 300),
    ]);
    const listen = (parts: readonly Buffer[]): unknown => {
      const session = new Session();
      const outputs: SessionOutput[] = [];
      const take = (batch: readonly SessionOutput[]): void => {
        for (const output of batch) {
          if (output.kind !== 'send') outputs.push(kept(output));
          if (output.kind === 'publish-requested') take(session.accept());
        }
      };
      for (const part of parts) {
        take(session.receive(part));
        while (session.hasUnread) take(session.resume());
      }
      return comparable(outputs);
    };
    const bytes = Array.from(flight, (byte) => Buffer.of(byte));
    expect(listen([flight])).toEqual(listen(bytes));
  });
});
