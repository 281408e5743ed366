// The load: prepared RTMP chunks, the HTTP client, players without pictures, and pictures found in media.
import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { edgeAge, playlistDelaysMs, pushedNumber } from '../../../bench/edge-times.ts';
import { shareInRealTime } from '../../../bench/ingest-bench.ts';
import { PictureFinder } from '../../../bench/picture-finder.ts';
import { PlaybackModel } from '../../../bench/playback-model.ts';
import { playlistText, RawConnection, rawRequest } from '../../../bench/raw-client.ts';
import { WIRE_CHUNK_BYTES, type WireClip, wireClip } from '../../../bench/wire-clip.ts';
import type { FlvTag } from '../../../server/flv/flv-file.ts';
import { ChunkReader } from '../../../server/rtmp/chunk-reader.ts';
import { CHUNK_STREAM, ChunkWriter } from '../../../server/rtmp/chunk-writer.ts';
import { DEFAULT_RTMP_LIMITS } from '../../../server/rtmp/limits.ts';
import { MESSAGE_TYPE } from '../../../server/rtmp/message.ts';

const tag = (kind: FlvTag['kind'], timestamp: number, body: Buffer): FlvTag => ({ kind, timestamp, body });
const config = (kind: 'audio' | 'video'): FlvTag => tag(kind, 0, Buffer.of(0x17, 0, 9));
const media = (kind: 'audio' | 'video', timestamp: number, bytes: number): FlvTag =>
  tag(kind, timestamp, Buffer.concat([Buffer.of(0x27, 1), Buffer.alloc(bytes, timestamp % 251)]));

const CLIP = {
  durationMs: 100,
  tags: [
    config('video'),
    config('audio'),
    media('video', 0, 3 * WIRE_CHUNK_BYTES),
    media('audio', 10, 20),
    media('video', 33, 500),
    media('audio', 60, 20),
    media('video', 66, WIRE_CHUNK_BYTES - 2),
  ],
};

describe('a clip as chunks', () => {
  const wire = wireClip(CLIP);

  it('repeats with timestamps that run on', () => {
    const rounds = [...readMessages(wire, 2)];
    const expected = [0, 10, 33, 60, 66].map((time) => time + CLIP.durationMs);
    expect(rounds.map(({ timestamp }) => timestamp)).toEqual([
      ...expected,
      ...expected.map((time) => time + CLIP.durationMs),
    ]);
  });

  it('has the bodies of the clip, in order, without codec configuration', () => {
    const bodies = CLIP.tags.slice(2).map(({ body }) => body);
    const read = [...readMessages(wire, 1)];
    expect(read.map(({ type }) => type)).toEqual([9, 8, 9, 8, 9]);
    for (const [index, { body }] of read.entries())
      expect(body.equals(bodies[index] ?? Buffer.of())).toBe(true);
  });

  it('marks the end of each message, so that a slice is whole messages', () => {
    expect(wire.marks.at(-1)?.endsAt).toBe(wire.bytes.length);
    expect(wire.marks.map(({ dueMs }) => dueMs)).toEqual([0, 10, 33, 60, 66]);
    expect(wire.marks.map(({ isPicture }) => isPicture)).toEqual([true, false, true, false, true]);
  });
});

/** As a server reads them: first the configuration with full headers, then the loop. */
function* readMessages(wire: WireClip, rounds: number) {
  const writer = new ChunkWriter('full');
  writer.setChunkBytes(WIRE_CHUNK_BYTES);
  const opening = wire.configs.map(({ kind, timeMs, body }) =>
    writer.write(
      { type: MESSAGE_TYPE[kind], messageStreamId: 1, timestamp: timeMs, body },
      CHUNK_STREAM[kind],
    ),
  );
  const bytes = Buffer.concat([...opening, ...Array.from({ length: rounds }, () => wire.bytes)]);
  const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
  reader.setChunkBytes(WIRE_CHUNK_BYTES);
  reader.startTurn();
  reader.feed(bytes, 0, bytes.length);
  let left = wire.configs.length;
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    if (left > 0) left -= 1;
    else yield { ...message, body: Buffer.from(message.body) };
  }
}

describe('the HTTP client', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A server that writes each piece on its own and closes if `ends`. */
  async function answering(pieces: readonly string[], ends = false): Promise<RawConnection> {
    server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', () => {
        const write = (index: number): void => {
          const piece = pieces[index];
          if (piece === undefined) {
            if (ends) socket.end();
            return;
          }
          socket.write(piece, () => setImmediate(write, index + 1));
        };
        write(0);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return new RawConnection(typeof address === 'object' ? (address?.port ?? 0) : 0);
  }

  it('reads answers whose head and body come in pieces, one after another', async () => {
    const client = await answering(['HTTP/1.1 200 OK\r\nContent-Le', 'ngth: 5\r\n\r', '\nhe', 'llo']);
    for (let count = 0; count < 2; count += 1) {
      const answer = await client.ask(rawRequest('/x'), true);
      expect([answer.status, answer.bodyBytes, answer.body.toString()]).toEqual([200, 5, 'hello']);
    }
    client.close();
  });

  it('counts the bytes of a body that it does not keep', async () => {
    const client = await answering(['HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\n\r\nabc']);
    expect(await client.ask(rawRequest('/x'), false)).toMatchObject({ status: 404, bodyBytes: 3 });
    client.close();
  });

  it('rejects when the server closes in the middle, and afterwards', async () => {
    const client = await answering(['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc'], true);
    await expect(client.ask(rawRequest('/x'), true)).rejects.toThrow('closed the connection');
    await expect(client.ask(rawRequest('/x'), true)).rejects.toThrow('closed');
  });

  it('reads playlists that are compressed and playlists that are not', () => {
    expect(playlistText(gzipSync('#EXTM3U'))).toBe('#EXTM3U');
    expect(playlistText(Buffer.from('#EXTM3U'))).toBe('#EXTM3U');
  });

  it('rejects an answer without a length', async () => {
    const client = await answering(['HTTP/1.1 200 OK\r\n\r\n']);
    await expect(client.ask(rawRequest('/x'), true)).rejects.toThrow('without a length');
  });
});

describe('a player without pictures', () => {
  it('does not stall while parts arrive within the part that it holds back', () => {
    const player = new PlaybackModel();
    for (const atMs of [0, 200, 590, 610, 800]) player.received(atMs, 200);
    expect(player.stalls).toBe(0);
  });

  it('stalls when its buffer is empty, once, and then holds one part back again', () => {
    const player = new PlaybackModel();
    for (const atMs of [0, 200, 601]) player.received(atMs, 200);
    expect(player.stalls).toBe(1);
    for (const atMs of [800, 1190, 1200]) player.received(atMs, 200);
    expect(player.stalls).toBe(1);
  });
});

describe('pictures in media', () => {
  const random = (seed: number): Buffer =>
    Buffer.from(
      Array.from({ length: 600 }, (_, index) => (seed * 7919 + index * index * 31 + index * seed) % 251),
    );
  const pictures = [1, 2, 3, 4].map((seed) => {
    const slice = Buffer.concat([Buffer.of(0x41), random(seed)]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(slice.length);
    return Buffer.concat([Buffer.of(0x27, 1, 0, 0, 0), length, slice]);
  });
  /** MPEG-TS: each packet of 188 bytes has 184 of the picture, and the last one is stuffed in front. */
  const asTs = (body: Buffer): Buffer => {
    const packets: Buffer[] = [];
    for (let at = 9; at < body.length; at += 184) {
      const payload = body.subarray(at, at + 184);
      packets.push(Buffer.alloc(188 - payload.length, 0xff), payload);
    }
    return Buffer.concat(packets);
  };

  it('are found in fMP4 and in TS', () => {
    for (const shape of [(body: Buffer) => body.subarray(5), asTs]) {
      const finder = new PictureFinder(pictures);
      expect(finder.newestIn(Buffer.concat(pictures.slice(1, 3).map(shape)))).toBe(2);
      expect(
        finder.newestIn(Buffer.concat([pictures[3], pictures[0]].map((body) => shape(body ?? Buffer.of())))),
      ).toBe(0);
    }
  });

  it('are not found where there are none', () => {
    expect(new PictureFinder(pictures).newestIn(Buffer.alloc(5_000))).toBeUndefined();
  });
});

describe('times of the live edge', () => {
  const pushed = { framesAtMs: [0, 40, 80, 120, 160, 200, 240, 280], pictures: 4 };

  it('takes the last push of a picture before it was seen', () => {
    expect(pushedNumber(1, 100, pushed)).toBe(1);
    expect(pushedNumber(1, 210, pushed)).toBe(5);
    expect(pushedNumber(3, 100, pushed)).toBeUndefined();
  });

  it('computes the age over time, which grows until the next part is listed', () => {
    const events = [
      { uri: 'a', atMs: 50, picture: 0 },
      { uri: 'b', atMs: 150, picture: 2 },
      { uri: 'c', atMs: 230, picture: 0 },
    ];
    const { meanMs, p95Ms } = edgeAge(events, pushed);
    // 50 to 149 for 100 ms, then 70 to 149 for 80 ms.
    expect(meanMs).toBeCloseTo((99.5 * 100 + 109.5 * 80) / 180, 5);
    expect(p95Ms).toBeGreaterThan(140);
  });

  it('counts playlists from the last picture of the part', () => {
    const events = [{ uri: 'a', atMs: 85, picture: 1 }];
    const arrivals = [
      { partUri: 'a', atMs: [86, 99] },
      { partUri: 'unknown', atMs: [5] },
    ];
    expect(playlistDelaysMs(arrivals, events, pushed)).toEqual([46, 59]);
  });
});

it('a playlist is in real time if it misses one segment at most', () => {
  expect(shareInRealTime([5, 5], [12, 11], 15)).toBe(100);
  expect(shareInRealTime([5, 5], [12, 10], 15)).toBe(50);
  expect(shareInRealTime(undefined, [12], 15)).toBeNaN();
});
