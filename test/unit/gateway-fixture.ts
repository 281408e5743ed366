// A gateway in this process, and an encoder that sends as much of a small real clip as a test needs.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Writable } from 'node:stream';
import type { types } from 'hls-parser';
import { pino } from 'pino';
import { createGateway, type Gateway, type GatewayOptions, type ListeningPorts } from '../../server/app.ts';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';
import type { Logger } from '../../server/log.ts';
import { type Clip, clipFrom } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';
import { type FetchedPlaylist, fetchMedia, reload } from '../support/hls-client.ts';

/** 4 s of H.264 baseline 96x54 at 25 fps, a key frame each second, and AAC 44.1 kHz mono. */
export const TINY_FLV = path.resolve(import.meta.dirname, '../cases/tiny.flv');
export const tinyTags: readonly FlvTag[] = parseFlvFile(readFileSync(TINY_FLV));
export const tinyClip: Clip = clipFrom(tinyTags);

export type LogLine = Readonly<Record<string, unknown>>;

export type OpenGateway = {
  readonly gateway: Gateway;
  readonly rtmpPort: number;
  readonly httpPort: number;
  readonly ports: ListeningPorts;
  readonly url: (path: string) => string;
  readonly log: CollectedLog;
};

/** Real pino that keeps its lines: a test reads what an operator would read. */
export class CollectedLog {
  readonly lines: LogLine[] = [];
  readonly texts: string[] = [];
  readonly logger: Logger;
  readonly #waiters = new Set<() => void>();

  constructor() {
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        const text = String(chunk);
        const line: unknown = JSON.parse(text);
        this.texts.push(text);
        if (typeof line === 'object' && line !== null) this.lines.push({ ...line });
        for (const waiter of this.#waiters) waiter();
        done();
      },
    });
    this.logger = pino({ level: 'debug', base: null }, stream);
  }

  /** The first matching line, past or future. The test's own time limit ends the wait. */
  until(matches: (line: LogLine) => boolean): Promise<LogLine> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.lines.find(matches);
        if (found === undefined) return;
        this.#waiters.delete(check);
        resolve(found);
      };
      this.#waiters.add(check);
      check();
    });
  }

  untilMessage(message: string): Promise<LogLine> {
    return this.until((line) => line['msg'] === message);
  }

  /** The line about the end of a connection, by its code. */
  untilClosed(code: string): Promise<LogLine> {
    return this.until((line) => line['code'] === code && String(line['msg']).startsWith('rtmp connection'));
  }
}

/** Opens a gateway on free ports of loopback. It closes with the test, or with the file when opened in a hook. */
export async function openGateway(options: GatewayOptions = {}): Promise<OpenGateway> {
  const log = new CollectedLog();
  const gateway = createGateway({
    logger: log.logger,
    ...options,
    rtmp: { port: 0, host: '127.0.0.1', ...options.rtmp },
    rtmps: { port: 0, ...options.rtmps },
    http: { port: 0, host: '127.0.0.1', ...options.http },
    https: { port: 0, ...options.https },
  });
  whenDone(() => gateway.close());
  const ports = await gateway.listen();
  const { rtmpPort, httpPort = 0 } = ports;
  return { gateway, rtmpPort, httpPort, ports, url: (path) => `http://127.0.0.1:${httpPort}${path}`, log };
}

/** Resolves when `name` enters `state`. Call it before the cause of the change. */
export function untilState(gateway: Gateway, name: string, state: string): Promise<void> {
  return new Promise((resolve) => {
    const event = `stream:${state}` as 'stream:live';
    const listener = (changed: string): void => {
      if (changed !== name) return;
      gateway.off(event, listener);
      resolve();
    };
    gateway.on(event, listener);
  });
}

/** Sends the clip by media time, not by the clock: the test says how far. */
export class ClipSource {
  readonly publisher: RtmpPublisher;
  readonly #clip: Clip;
  #index = 0;
  #round = 0;

  constructor(publisher: RtmpPublisher, clip: Clip = tinyClip) {
    this.publisher = publisher;
    this.#clip = clip;
  }

  /** Sends every unsent tag before `untilMs` of media time, repeating the clip. */
  sendUntil(untilMs: number): void {
    for (;;) {
      const tag = this.#clip.tags[this.#index];
      if (tag === undefined) throw new Error('the clip is empty');
      const time = tag.timestamp + this.#round * this.#clip.durationMs;
      if (time >= untilMs) return;
      if (tag.kind === 'video') this.publisher.video(time, tag.body);
      else this.publisher.audio(time, tag.body);
      this.#index += 1;
      if (this.#index < this.#clip.tags.length) continue;
      this.#index = 0;
      this.#round += 1;
    }
  }
}

/** A publisher that the gateway has accepted and that has sent nothing yet. */
export async function startSource(rtmpPort: number, name: string, clip?: Clip): Promise<ClipSource> {
  const publisher = new RtmpPublisher({
    host: '127.0.0.1',
    port: rtmpPort,
    app: 'live',
    streamName: name,
  });
  whenDone(() => publisher.close());
  await publisher.started;
  return new ClipSource(publisher, clip);
}

/** Publishes a stream with `mediaMs` of media. */
export async function goLive(
  open: OpenGateway,
  name: string,
  mediaMs = 2_500,
  clip?: Clip,
): Promise<ClipSource> {
  const live = untilState(open.gateway, name, 'live');
  const source = await startSource(open.rtmpPort, name, clip);
  source.sendUntil(mediaMs);
  await live;
  return source;
}

/** The clip with its video frames grown to `frameBytes` by filler NAL units, which contain the number of the frame. */
export function fattened(clip: Clip, frameBytes: number): Clip {
  let number = 0;
  const tags = clip.tags.map((tag) => {
    if (tag.kind !== 'video' || tag.body[1] !== 1) return tag;
    number += 1;
    // ISO 14496-15 5.3.4.2: a length of four bytes, then the NAL unit; type 12 is filler (ITU-T H.264 7.4.1).
    const filler = Buffer.alloc(4 + frameBytes, number & 0x7f || 1);
    filler.writeUInt32BE(frameBytes, 0);
    filler[4] = 12;
    return { ...tag, body: Buffer.concat([tag.body, filler]) };
  });
  return { tags, durationMs: clip.durationMs };
}

/** Reloads the media playlist as players do until the condition holds. The media it needs must already have been sent. */
export async function untilListed(
  mediaUrl: string,
  satisfies: (playlist: types.MediaPlaylist) => boolean,
): Promise<FetchedPlaylist<types.MediaPlaylist>> {
  let answer = await fetchMedia(mediaUrl);
  while (!satisfies(answer.playlist)) answer = await reload(mediaUrl, answer);
  return answer;
}

/** Whether at least one segment is complete. */
export function hasSegment(playlist: types.MediaPlaylist): boolean {
  return playlist.segments.some(({ uri }) => uri !== '');
}
