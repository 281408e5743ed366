// Viewers of the load: what they request, what they share, and how their times are counted.
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Audience, LoadViewer } from '../../../bench/load-viewer.ts';
import { PlaylistMemory } from '../../../bench/playlist-memory.ts';
import { TimeHistogram } from '../../../bench/time-histogram.ts';
import { TimerWheel } from '../../../bench/timer-wheel.ts';

const playlist = (parts: number): string =>
  [
    '#EXTM3U',
    '#EXT-X-MEDIA-SEQUENCE:7',
    '#EXTINF:2,',
    'seg-7.m4s',
    ...Array.from({ length: parts }, (_, index) => `#EXT-X-PART:DURATION=0.2,URI="part-${index}.m4s"`),
    '',
  ].join('\n');

describe('playlists that viewers share', () => {
  const read = (known: PlaylistMemory, text: string) => {
    // Behind other bytes, as in the buffer that all connections read into.
    const bytes = Buffer.from(`head${text}rest`);
    return known.read(bytes, 4, 4 + Buffer.byteLength(text));
  };

  it('are read once for equal bytes, and again for others of the same length', () => {
    const known = new PlaylistMemory('http://127.0.0.1:1/live/x/main.m3u8', true);
    const first = read(known, playlist(3));
    expect(read(known, playlist(3))).toBe(first);
    const other = read(known, playlist(3).replace('part-2', 'part-9'));
    expect(other.pieces.map(({ uri }) => uri)).toEqual(['part-0.m4s', 'part-1.m4s', 'part-9.m4s']);
    expect(read(known, playlist(3))).toBe(first);
  });

  it('say what is requested next: the next part, or the same playlist', () => {
    const url = 'http://127.0.0.1:1/live/x/main.m3u8';
    const next = read(new PlaylistMemory(url, true), playlist(3)).nextRequest;
    expect(next.split('\r\n')[0]).toBe('GET /live/x/main.m3u8?_HLS_msn=8&_HLS_part=3 HTTP/1.1');
    const plain = read(new PlaylistMemory(url, false), playlist(3));
    expect(plain.nextRequest.split('\r\n')[0]).toBe('GET /live/x/main.m3u8 HTTP/1.1');
    expect(plain.pieces.map(({ uri, durationMs }) => [uri, durationMs])).toEqual([['seg-7.m4s', 2000]]);
  });
});

describe('a viewer', () => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  it('requests each part once and in order, also when a playlist lists several new ones', async () => {
    const asked: string[] = [];
    const counts = [2, 3, 6];
    let failures = 0;
    let done = (): void => {};
    const allAsked = new Promise<void>((resolve) => {
      done = resolve;
    });
    server = createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => socket.destroy());
      socket.on('data', (bytes) => {
        const [, path = ''] = bytes.toString('latin1').split(' ');
        asked.push(path);
        if (path.endsWith('part-5.m4s')) done();
        const count = path.includes('.m3u8') ? counts.shift() : 1;
        // Held: there is no further part.
        if (count === undefined) return;
        const body = path.includes('.m3u8') ? playlist(count) : 'media';
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const listed: string[] = [];
    const audience: Audience = {
      wheel: new TimerWheel(),
      playlistsMs: new TimeHistogram(),
      mediaMs: new TimeHistogram(),
      received: () => {},
      failed: () => {
        failures += 1;
      },
      listed: (uri) => listed.push(uri),
    };
    const mediaUrl = `http://127.0.0.1:${port}/live/x/main.m3u8`;
    const playlists = new PlaylistMemory(mediaUrl, true);
    new LoadViewer({ mediaUrl, playlists, intervalMs: undefined }, audience).due();
    await allAsked;
    const media = asked.filter((path) => path.endsWith('.m4s'));
    expect(media).toEqual([1, 2, 3, 4, 5].map((part) => `/live/x/part-${part}.m4s`));
    expect(listed).toEqual(['part-2.m4s', 'part-5.m4s']);
    expect(failures).toBe(0);
  });
});

describe('times in steps', () => {
  it('give the value that a share of them does not exceed, to a tenth of a millisecond', () => {
    const times = new TimeHistogram();
    for (let ms = 1; ms <= 100; ms += 1) times.add(ms - 0.05);
    expect(times.take()).toEqual({
      count: 100,
      p50Ms: expect.closeTo(50, 5),
      p99Ms: expect.closeTo(99, 5),
      maxMs: expect.closeTo(100, 5),
    });
    expect(times.take()).toEqual({ count: 0, p50Ms: Number.NaN, p99Ms: Number.NaN, maxMs: Number.NaN });
  });

  it('count what is longer than all steps as the longest', () => {
    const times = new TimeHistogram();
    times.add(1e9);
    expect(times.take().p99Ms).toBeGreaterThan(19_000);
  });
});

it('a wheel calls each once, and those with a longer delay later', async () => {
  const wheel = new TimerWheel();
  const called: string[] = [];
  await new Promise<void>((resolve) => {
    wheel.later({ due: () => called.push('second') }, 30);
    wheel.later({ due: () => called.push('first') }, 1);
    const last = (): void => {
      called.push('last');
      resolve();
    };
    wheel.later({ due: last }, 60);
  });
  expect(called).toEqual(['first', 'second', 'last']);
});
