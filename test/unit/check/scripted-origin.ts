// An HTTP server with a short live stream that advances as fast as its one viewer asks: a blocking reload for a missing
// part creates that part. A script changes one thing in the correct stream.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { CODECS, INIT, type MediaScript, ScriptedRun } from './scripted-media.ts';

export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Waits this long first. Infinity never answers; -1 closes the connection. */
  delayMs?: number;
};

/** What a request was for. */
export type Asked = {
  readonly file: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The number of parts so far. */
  readonly edge: number;
  /** How often this file was requested before. */
  readonly times: number;
};

export type Script = {
  readonly media?: MediaScript;
  readonly partsPerSegment?: number;
  readonly targetDuration?: number;
  readonly canSkipUntil?: number;
  readonly holdBack?: number;
  /** Segments that stay listed. */
  readonly window?: number;
  /** Added to EXTINF, seconds; the dates change with it. */
  readonly extinfOff?: number;
  readonly keepsDiscontinuitySequence?: boolean;
  /** At the end, media sequence numbers restart one lower. */
  readonly relistsAt?: number;
  /** From this segment on there is another EXT-X-MAP, without a discontinuity. */
  readonly mapChangesAt?: number;
  /** The number of segments; 12 if absent. */
  readonly segments?: number;
  readonly renditions?: 1 | 2;
  /** Without parts and directives; one more segment for each request. */
  readonly isPlain?: boolean;
  readonly skipDistance?: number;
  /** Rewrites a media playlist, delta updates included. */
  readonly playlist?: (text: string, edge: number) => string;
  readonly multivariant?: (text: string) => string;
  /** Rewrites an answer before it is sent. */
  readonly answer?: (answer: Answer, asked: Asked) => void;
};

type Segment = {
  msn: number;
  parts: { number: number; seconds: number; isIndependent: boolean }[];
  run: number;
};

export const FIRST_MSN = 100;
/** The first segment of a new run, counted from 0. */
export const DISCONTINUITY_AT = 2;
const START_PARTS = 20;
const END_SEGMENTS = 12;
const START_MS = Date.UTC(2026, 0, 1);

export type RunningOrigin = {
  /** Address of its multivariant playlist. */
  readonly url: string;
  readonly close: () => void;
};

/** Serves a script on loopback. */
export async function startOrigin(script: Script = {}): Promise<RunningOrigin> {
  const origin = new ScriptedOrigin(script);
  const server = createServer((request, response) => origin.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/index.m3u8`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

class ScriptedOrigin {
  readonly #script: Script;
  readonly #segments: Segment[] = [];
  readonly #files = new Map<string, Buffer>();
  readonly #times = new Map<string, number>();
  readonly #hinted: (() => void)[] = [];
  #run: ScriptedRun;
  #edge = 0;
  #hasEnded = false;

  constructor(script: Script) {
    this.#script = script;
    this.#run = new ScriptedRun(script.media ?? {}, 10);
    this.#files.set('init-0.mp4', INIT);
    this.#files.set('init-1.mp4', otherInit());
    const perSegment = this.#perSegment;
    while (this.#edge < Math.ceil(START_PARTS / perSegment) * perSegment) this.#makePart();
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://origin');
    const file = url.pathname.slice(1);
    const times = this.#times.get(file) ?? 0;
    this.#times.set(file, times + 1);
    const hinted = `part-${this.#edge}.m4s`;
    if (file === hinted && !this.#hasEnded) {
      const edge = this.#edge;
      const early: Answer = { status: 0, headers: {}, body: Buffer.alloc(0) };
      this.#script.answer?.(early, { file, query: url.searchParams, headers: request.headers, edge, times });
      if (early.status !== 0) return send(response, early);
      this.#hinted.push(() => this.handle(request, response));
      this.#times.set(file, times);
      return;
    }
    const answer = this.#answer(file, url.searchParams, request);
    const asked = { file, query: url.searchParams, headers: request.headers, edge: this.#edge, times };
    this.#script.answer?.(answer, asked);
    send(response, answer);
  }

  #answer(file: string, query: URLSearchParams, request: IncomingMessage): Answer {
    if (file === 'index.m3u8') return playlistAnswer(this.#multivariant());
    if (file === 'main.m3u8' || file === 'low.m3u8') return this.#mediaPlaylist(file, query, request);
    const body = this.#files.get(file);
    if (body === undefined)
      return { status: 404, headers: { 'cache-control': 'no-store' }, body: Buffer.from('gone') };
    const headers = { 'content-type': 'video/mp4', 'cache-control': 'public, max-age=31536000' };
    return { status: 200, headers: { ...headers, 'access-control-allow-origin': '*' }, body };
  }

  #mediaPlaylist(file: string, query: URLSearchParams, request: IncomingMessage): Answer {
    const msn = query.get('_HLS_msn');
    const part = query.get('_HLS_part');
    if (this.#script.isPlain === true) {
      for (let made = 0; made < this.#perSegment; made += 1) this.#makePart();
    } else {
      if (msn === null && part !== null) return refusal(400);
      if (msn !== null && Number(msn) > (this.#segments.at(-1)?.msn ?? 0) + 2) return refusal(400);
      if (msn !== null) this.#playUntil(Number(msn), part === null ? undefined : Number(part));
    }
    const text = this.#render(file, query.get('_HLS_skip') === 'YES');
    const rewritten = this.#script.playlist?.(text, this.#edge) ?? text;
    const answer = playlistAnswer(rewritten);
    const coding = String(request.headers['accept-encoding']);
    const encode = { gzip: gzipSync, br: brotliCompressSync }[coding];
    if (encode === undefined) return answer;
    return {
      ...answer,
      headers: { ...answer.headers, 'content-encoding': coding },
      body: encode(answer.body),
    };
  }

  #playUntil(msn: number, part: number | undefined): void {
    const isThere = (): boolean => {
      const last = this.#segments.at(-1);
      if (last === undefined || this.#hasEnded) return this.#hasEnded;
      const isClosed = last.parts.length === this.#perSegment;
      if (msn < last.msn || (msn === last.msn && isClosed)) return true;
      return msn === last.msn && part !== undefined && part < last.parts.length;
    };
    while (!isThere()) this.#makePart();
  }

  #makePart(): void {
    if (this.#edge === (this.#script.segments ?? END_SEGMENTS) * this.#perSegment) {
      this.#hasEnded = true;
      for (const wake of this.#hinted.splice(0)) wake();
      return;
    }
    const index = this.#edge % this.#perSegment;
    if (index === 0) this.#startSegment();
    const segment = this.#segments.at(-1);
    const number = this.#edge;
    const { bytes, seconds, isIndependent } = this.#run.next(number, index);
    segment?.parts.push({ number, seconds, isIndependent });
    this.#files.set(`part-${number}.m4s`, bytes);
    this.#edge += 1;
    if (index === this.#perSegment - 1 && segment !== undefined) {
      const parts = segment.parts.map((part) => this.#files.get(`part-${part.number}.m4s`) ?? bytes);
      this.#files.set(`seg-${segment.msn}.m4s`, Buffer.concat(parts));
    }
    for (const wake of this.#hinted.splice(0)) wake();
  }

  #startSegment(): void {
    const at = this.#segments.length;
    if (at === DISCONTINUITY_AT) this.#run = new ScriptedRun(this.#script.media ?? {}, 50);
    this.#segments.push({ msn: FIRST_MSN + at, parts: [], run: at < DISCONTINUITY_AT ? 0 : 1 });
  }

  get #perSegment(): number {
    return this.#script.partsPerSegment ?? 5;
  }

  #multivariant(): string {
    const { multivariant = (same) => same, renditions = 1 } = this.#script;
    const attributes = `BANDWIDTH=900000,AVERAGE-BANDWIDTH=90000,CODECS="${CODECS.join(',')}",RESOLUTION=96x54,FRAME-RATE=25.000`;
    const variants = ['main.m3u8', 'low.m3u8'].slice(0, renditions);
    const lines = variants.map((uri) => `#EXT-X-STREAM-INF:${attributes}\n${uri}\n`);
    return multivariant(`#EXTM3U\n#EXT-X-VERSION:6\n${lines.join('')}`);
  }

  #render(file: string, isDelta: boolean): string {
    const { targetDuration = 1, canSkipUntil = 6, holdBack = 3, window = 8, isPlain = false } = this.#script;
    const { skipDistance = canSkipUntil, relistsAt = Number.POSITIVE_INFINITY } = this.#script;
    const isClosed = (segment: Segment): boolean => segment.parts.length === this.#perSegment;
    const closed = this.#segments.filter(isClosed).length;
    const removed = Math.max(closed - window - (this.#edge >= relistsAt ? 1 : 0), 0);
    const listed = this.#segments.slice(removed).filter((segment) => !isPlain || isClosed(segment));
    const far = listed.filter(
      (segment, at) => isClosed(segment) && secondsOf(listed.slice(at + 1).filter(isClosed)) > skipDistance,
    );
    const skipped = isDelta && !this.#hasEnded && canSkipUntil > 0 ? far.length : 0;
    const hasPassed = removed > DISCONTINUITY_AT && this.#script.keepsDiscontinuitySequence !== true;
    const lines = [
      '#EXTM3U\n#EXT-X-VERSION:9',
      `#EXT-X-TARGETDURATION:${targetDuration}`,
      ...(isPlain
        ? []
        : [
            `#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=${canSkipUntil},HOLD-BACK=${holdBack},PART-HOLD-BACK=0.8`,
            '#EXT-X-PART-INF:PART-TARGET=0.2',
          ]),
      `#EXT-X-MEDIA-SEQUENCE:${listed[0]?.msn ?? FIRST_MSN}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${hasPassed ? 1 : 0}`,
      ...(skipped > 0 ? [`#EXT-X-SKIP:SKIPPED-SEGMENTS=${skipped}`] : []),
      ...listed.map((segment, at) => (at < skipped ? '' : this.#renderSegment(segment, at, listed))),
    ].filter((line) => line !== '');
    if (this.#hasEnded) lines.push('#EXT-X-ENDLIST');
    else if (!isPlain) lines.push(`#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-${this.#edge}.m4s"`);
    if (this.#script.renditions === 2 && !this.#hasEnded) lines.push(this.#renderReport(file));
    return `${lines.join('\n')}\n`;
  }

  #renderSegment(segment: Segment, at: number, listed: readonly Segment[]): string {
    const { extinfOff = 0, mapChangesAt = Number.POSITIVE_INFINITY, isPlain = false } = this.#script;
    const { msn, parts, run } = segment;
    const perSegment = this.#segments[0]?.parts.reduce((sum, { seconds }) => sum + seconds, 0) ?? 1;
    const date = new Date(START_MS + Math.round((msn - FIRST_MSN) * (perSegment + extinfOff) * 1000));
    const map = (one: Segment | undefined): string | undefined =>
      one === undefined ? undefined : one.msn >= FIRST_MSN + mapChangesAt ? 'init-1.mp4' : 'init-0.mp4';
    const beginsRun = msn === FIRST_MSN + DISCONTINUITY_AT && run === 1;
    const lines = [
      ...(beginsRun ? ['#EXT-X-DISCONTINUITY'] : []),
      ...(at > 0 && map(segment) === map(listed[at - 1]) ? [] : [`#EXT-X-MAP:URI="${map(segment)}"`]),
      `#EXT-X-PROGRAM-DATE-TIME:${date.toISOString()}`,
    ];
    if (!isPlain && listed.length - at <= 4)
      for (const { number, seconds, isIndependent } of parts)
        lines.push(
          `#EXT-X-PART:DURATION=${seconds},URI="part-${number}.m4s"${isIndependent ? ',INDEPENDENT=YES' : ''}`,
        );
    if (parts.length < this.#perSegment) return lines.join('\n');
    const seconds = parts.reduce((sum, part) => sum + part.seconds, 0) + extinfOff;
    return [...lines, `#EXTINF:${Number(seconds.toFixed(5))},`, `seg-${msn}.m4s`].join('\n');
  }

  #renderReport(file: string): string {
    const last = this.#segments.at(-1);
    const other = file === 'main.m3u8' ? 'low.m3u8' : 'main.m3u8';
    return `#EXT-X-RENDITION-REPORT:URI="${other}",LAST-MSN=${last?.msn},LAST-PART=${(last?.parts.length ?? 1) - 1}`;
  }
}

function secondsOf(segments: readonly Segment[]): number {
  return segments.flatMap(({ parts }) => parts).reduce((sum, { seconds }) => sum + seconds, 0);
}

/** The same tracks in different bytes: another minor version in ftyp. */
function otherInit(): Buffer {
  const bytes = Buffer.from(INIT);
  bytes.writeUInt32BE(1, 12);
  return bytes;
}

function playlistAnswer(text: string): Answer {
  const headers = { 'content-type': 'application/vnd.apple.mpegurl', 'cache-control': 'no-cache' };
  return {
    status: 200,
    headers: { ...headers, 'access-control-allow-origin': '*' },
    body: Buffer.from(text),
  };
}

function refusal(status: number): Answer {
  return { status, headers: { 'cache-control': 'no-store' }, body: Buffer.from('no') };
}

function send(response: ServerResponse, { status, headers, body, delayMs = 0 }: Answer): void {
  if (delayMs < 0) response.destroy();
  else if (delayMs === 0) response.writeHead(status, headers).end(body);
  else if (Number.isFinite(delayMs)) {
    const timer = setTimeout(() => response.writeHead(status, headers).end(body), delayMs);
    response.once('close', () => clearTimeout(timer));
  }
}
