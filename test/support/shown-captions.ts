// Captions as a page with hls.js shows them, and as the gateway's own decoder reads them out of the published file.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { type CaptionChannelId, joinCues } from '../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../server/captions/caption-decoder.ts';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { openPage, untilPlaying } from './browser.ts';
import { whenDone } from './cleanup.ts';
import { CHECKOUT } from './gateway-process.ts';

/**
 * Times in seconds, since the Unix epoch where the clock is a playlist's. `line`: position of the first row, counted from
 * the top.
 */
export type Shown = {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly text: string;
};

/** Two pictures at 30 a second. */
export const TOLERANCE_S = 0.067;

export function ourCues(file: string, channel: CaptionChannelId = 'CC1'): Shown[] {
  const decoder = new CaptionDecoder();
  const spans = [];
  for (const { kind, timestamp, body } of parseFlvFile(readFileSync(file))) {
    if (kind !== 'video' || body[1] !== 1) continue;
    decoder.push(body.subarray(5), { lengthSize: 4 }, (timestamp + body.readIntBE(2, 3)) * 90);
    decoder.advance(timestamp * 90);
    spans.push(decoder.channels.find(({ id }) => id === channel)?.cut(timestamp * 90) ?? []);
  }
  return joinCues(spans).map(({ start, end, rows }) => ({
    start: start / 90_000,
    end: end / 90_000,
    line: rows[0]?.line ?? 0,
    text: rows.map(({ text }) => text).join('\n'),
  }));
}

/** A page with only hls.js and a video, with the first captions on. */
export async function play(url: string, config: Readonly<Record<string, boolean>>): Promise<Page> {
  const script = readFileSync(path.join(CHECKOUT, 'node_modules/hls.js/dist/hls.js'));
  const server = createServer((request, response) => {
    response.setHeader('content-type', request.url === '/hls.js' ? 'text/javascript' : 'text/html');
    response.end(
      request.url === '/hls.js'
        ? script
        : '<video muted autoplay width="640"></video><script src="/hls.js"></script>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => void server.close());
  const { page } = await openPage(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.evaluate(`(() => {
    const video = document.querySelector('video');
    const hls = window.hls = new Hls(${JSON.stringify({ ...config, enableWorker: false })});
    window.parsed = [];
    hls.on('hlsCuesParsed', (_name, { track, cues }) => {
      if (track === 'textTrack1') window.parsed.push(...cues);
    });
    video.textTracks.addEventListener('addtrack', () => { video.textTracks[0].mode = 'showing'; });
    hls.loadSource(${JSON.stringify(url)});
    hls.attachMedia(video);
  })()`);
  await untilPlaying(page);
  return page;
}

/** The captions shown by the page so far, by the playlist's clock. */
export async function shownBy(page: Page): Promise<Shown[]> {
  const cues = await page.evaluate<{ start: number; end: number; line: number; text: string }[]>(`(() => {
    const video = document.querySelector('video');
    const zero = window.hls.playingDate.getTime() / 1000 - video.currentTime;
    const native = [...video.textTracks].flatMap((track) => [...(track.cues ?? [])]);
    const shown = (cue, text) => ({
      start: cue.startTime + zero,
      end: cue.endTime + zero,
      line: cue.line,
      text,
    });
    // The captions that hls.js reads from the video are not WebVTT: their brackets are text.
    return [
      ...native.map((cue) => shown(cue, cue.getCueAsHTML().textContent)),
      ...window.parsed.map((cue) => shown(cue, cue.text)),
    ];
  })()`);
  // hls.js makes one cue of each row.
  const rows = cues.sort((left, right) => left.start - right.start || left.line - right.line);
  const shown: Shown[] = [];
  for (const { start, end, line, text } of rows) {
    const last = shown.at(-1);
    if (last !== undefined && last.start === start && last.end === end)
      shown[shown.length - 1] = { ...last, text: `${last.text}\n${text}` };
    else shown.push({ start, end, line, text });
  }
  return shown;
}

/** Parts contain a caption in pieces, each with the text typed so far. */
export function joined(pieces: readonly Shown[]): Shown[] {
  const whole: Shown[] = [];
  for (const piece of pieces) {
    const last = whole.at(-1);
    const isNext = last !== undefined && Math.abs(last.end - piece.start) < 0.002 && last.line === piece.line;
    if (isNext && piece.text.startsWith(last.text)) whole[whole.length - 1] = { ...piece, start: last.start };
    else whole.push(piece);
  }
  return whole;
}

/** Removes styles, which text tracks keep separately. */
export function plain(text: string): string {
  return text.replace(/<\/?[iu]>/g, '');
}
