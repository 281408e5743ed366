// Row 39 of docs/trust.md: SIGTERM with many publishers and viewers. All are told, nothing is cut off, and the exit code
// is 0.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { type Clip, clipFrom, playInLoop } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';
import { makeSource } from '../support/ffmpeg.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { fetchMedia, firstMediaUrl } from '../support/hls-client.ts';

const PUBLISHERS = 50;
const VIEWERS_EACH = 40;
const END_OF_HEAD = '\r\n\r\n';

const names = Array.from({ length: PUBLISHERS }, (_, at) => `house-${at}`);

it(`${PUBLISHERS} publishers and ${PUBLISHERS * VIEWERS_EACH} viewers are told of the end, and the gateway exits 0`, async () => {
  const gateway = await startGateway();
  const file = await makeSource('flv', {
    video: { size: '160x90', rate: 15, gop: 15, bitrateKbps: 60 },
    durationS: 6,
  });
  const clip = clipFrom(parseFlvFile(await readFile(file)));
  const publishers = await Promise.all(names.map((name) => publish(gateway, name, clip)));
  const viewers = (await Promise.all(names.map((name) => holdViewers(gateway, name)))).flat();

  const ends = viewers.map(watchToEnd);
  const stopped = gateway.stop();
  const last = await Promise.all(ends);
  expect(last.filter((text) => !text.includes('#EXT-X-ENDLIST'))).toEqual([]);
  const faults = await Promise.all(publishers.map((publisher) => publisher.closed));
  expect(faults.filter((fault) => fault?.message.includes('the gateway is shutting down') !== true)).toEqual(
    [],
  );
  expect(await stopped).toBe(0);
  const isFault = ({ level }: { level?: string }): boolean => level === 'error' || level === 'fatal';
  expect(gateway.logs.filter(isFault)).toEqual([]);
});

async function publish(gateway: GatewayProcess, streamName: string, clip: Clip): Promise<RtmpPublisher> {
  const publisher = new RtmpPublisher({
    host: '127.0.0.1',
    port: gateway.rtmpPort,
    app: 'live',
    streamName,
  });
  await publisher.started;
  const stop = playInLoop(clip, publisher);
  whenDone(() => {
    stop();
    publisher.close();
  });
  return publisher;
}

type Viewer = { readonly socket: Socket; readonly path: string };

/** Viewers that all wait for the next segment to be complete. */
async function holdViewers(gateway: GatewayProcess, name: string): Promise<Viewer[]> {
  const mediaUrl = await firstMediaUrl(gateway.url(`/live/${name}/index.m3u8`));
  const path = new URL(mediaUrl).pathname;
  const { text } = await fetchMedia(mediaUrl);
  return Promise.all(
    Array.from({ length: VIEWERS_EACH }, async () => {
      const socket = createConnection(gateway.httpPort, '127.0.0.1');
      whenDone(() => void socket.destroy());
      await once(socket, 'connect');
      ask(socket, path, text);
      return { socket, path };
    }),
  );
}

/** One blocking reload after another, as players do. Resolves with the last answer, which is not a 200 or has the end. */
async function watchToEnd({ socket, path }: Viewer): Promise<string> {
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    const head = text.indexOf(END_OF_HEAD);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
    if (head < 0 || text.length < head + END_OF_HEAD.length + length) continue;
    if (!text.startsWith('HTTP/1.1 200') || text.includes('#EXT-X-ENDLIST')) break;
    ask(socket, path, text);
    text = '';
  }
  return text;
}

/** Blocking reload for the segment after those of `playlist` (RFC 8216bis clause 6.2.5.2). */
function ask(socket: Socket, path: string, playlist: string): void {
  const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
  const next = first + (playlist.match(/#EXTINF/g)?.length ?? 0);
  socket.write(`GET ${path}?_HLS_msn=${next} HTTP/1.1\r\nhost: x\r\n\r\n`);
}
