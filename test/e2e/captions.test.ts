// Captions end to end: a real publisher with captions and B-frames, shown from the WebVTT rendition and from the SEI in
// the video.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { type CaptionChannelId, joinCues } from '../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../server/captions/caption-decoder.ts';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { activeText, untilDeclared } from '../support/captioned-page.ts';
import { makeCaptionedSource, makeServiceSource } from '../support/captioned-source.ts';
import { whenDone } from '../support/cleanup.ts';
import { publishFile } from '../support/ffmpeg.ts';
import { CHECKOUT, startGateway } from '../support/gateway-process.ts';
import { runProcess } from '../support/running-process.ts';
import { FFMPEG } from '../support/test-tools.ts';

/**
 * Times in seconds, since the Unix epoch where the clock is a playlist's. `line`: position of the first row, counted from
 * the top.
 */
type Shown = { readonly start: number; readonly end: number; readonly line: number; readonly text: string };

const SOURCE_S = 60;
/** Two pictures at 30 a second. */
const TOLERANCE_S = 0.067;
const POLL_MS = 100;

it('are what ffmpeg reads out of the same file', async () => {
  const file = await makeCaptionedSource(SOURCE_S);
  const movie = `movie=${file}[out0+subcc]`;
  const { stdout } = await runProcess(
    FFMPEG,
    ['-v', 'error', '-f', 'lavfi', '-i', movie, '-map', '0:s', '-f', 'srt', '-'],
    {
      timeoutMs: 60_000,
    },
  );
  const theirs = stdout
    .replaceAll('\r', '')
    .split('\n\n')
    .map((block) => block.split('\n').slice(1))
    .map(([times = '', ...lines]) => ({
      start: srtSeconds(times),
      text: lines.join('\n').replace(/<[^>\n]*?(?:font|\/?[iu]\b)[^>\n]*>|\{[^}]*\}/g, ''),
    }))
    .filter(({ text }) => text.startsWith('CAPTION') || text.startsWith('- TWO'));
  const ours = ourCues(file).filter(({ text }) => text.startsWith('CAPTION') || text.startsWith('- TWO'));
  expect(ours.length).toBeGreaterThan(10);
  expect(ours.map(({ text }) => text)).toEqual(theirs.map(({ text }) => text));
  // ffmpeg's clock starts at the first picture.
  const offset = (ours[0]?.start ?? 0) - (theirs[0]?.start ?? 0);
  for (const [at, { start }] of ours.entries())
    expect(Math.abs(start - offset - (theirs[at]?.start ?? 0)), ours[at]?.text).toBeLessThan(0.005);
});

it('are the same from the subtitles and from the video, in Chromium', async () => {
  const gateway = await startGateway();
  publishFile(await makeCaptionedSource(SOURCE_S), gateway.rtmpUrl('cc'));
  const index = gateway.url('/live/cc/index.m3u8');
  await untilDeclared(index);
  // From muxed segments hls.js gives its captions only by event, and only from whole segments.
  const inVideo = await play(index, {
    enableWebVTT: false,
    renderTextTracksNatively: false,
    lowLatencyMode: false,
  });
  const inText = await play(index, { enableCEA708Captions: false });

  const seen = { text: [] as Shown[], video: [] as Shown[] };
  while (common(seen.text, seen.video).length < 6) {
    await delay(POLL_MS * 10);
    seen.text = joined(await shownBy(inText));
    seen.video = await shownBy(inVideo);
  }
  for (const [text, video] of common(seen.text, seen.video)) {
    expect(bare(text.text)).toBe(bare(video.text));
    expect(Math.abs(text.start - video.start), text.text).toBeLessThan(TOLERANCE_S);
    expect(Math.abs(text.end - video.end), text.text).toBeLessThan(TOLERANCE_S);
  }
});

it('of CEA-708 are shown in Chromium as they were sent', async () => {
  const gateway = await startGateway();
  const file = await makeServiceSource(SOURCE_S);
  publishFile(file, gateway.rtmpUrl('service'));
  const index = gateway.url('/live/service/index.m3u8');
  await untilDeclared(index);
  expect(await (await fetch(index)).text()).toContain('INSTREAM-ID="SERVICE1"');
  const page = await play(index, { enableCEA708Captions: false });
  while (!(await activeText(page)).includes('IN POP-ON')) await delay(POLL_MS);
  await screenshot(page, 'captions-service-shown');

  const sent = ourCues(file, 'S1');
  let seen: Shown[] = [];
  while (seen.length < 10) {
    await delay(POLL_MS * 10);
    seen = joined(await shownBy(page));
  }
  // The page joined in the middle of a caption, of which it may have shown pieces, and ends in the middle of another.
  const whole = seen.slice(
    seen.findIndex(({ text }) => text !== seen[0]?.text),
    -1,
  );
  const first = sent.findIndex(({ text }) => plain(text) === whole[0]?.text);
  expect(first).toBeGreaterThanOrEqual(0);
  // The file's clock started with the publication.
  const offset = (whole[0]?.start ?? 0) - (sent[first]?.start ?? 0);
  for (const [at, { start, end, text }] of whole.entries()) {
    const expected = sent[first + at];
    expect(text).toBe(plain(expected?.text ?? ''));
    expect(Math.abs(start - offset - (expected?.start ?? 0)), text).toBeLessThan(TOLERANCE_S);
    expect(Math.abs(end - offset - (expected?.end ?? 0)), text).toBeLessThan(TOLERANCE_S);
  }
});

function ourCues(file: string, channel: CaptionChannelId = 'CC1'): Shown[] {
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

/** The start time of `00:00:02,400 --> …`. */
function srtSeconds(times: string): number {
  const [, hours, minutes, seconds, ms] = /(\d+):(\d+):(\d+),(\d+)/.exec(times) ?? [];
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(ms) / 1_000;
}

/** A page with only hls.js and a video, with the first captions on. */
async function play(url: string, config: Readonly<Record<string, boolean>>): Promise<Page> {
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
async function shownBy(page: Page): Promise<Shown[]> {
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
function joined(pieces: readonly Shown[]): Shown[] {
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
function plain(text: string): string {
  return text.replace(/<\/?[iu]>/g, '');
}

/** hls.js leaves out the space that a mid-row code takes (47 CFR 15.119). */
function bare(text: string): string {
  return text.replaceAll(' ', '');
}

/** Pairs of the captions that both showed completely. */
function common(left: readonly Shown[], right: readonly Shown[]): (readonly [Shown, Shown])[] {
  const from = Math.max(left[0]?.end ?? Number.POSITIVE_INFINITY, right[0]?.end ?? Number.POSITIVE_INFINITY);
  const until = Math.min(left.at(-1)?.start ?? 0, right.at(-1)?.start ?? 0);
  // By time, not by number: at the edges one page may have started or ended a caption that the other lacks.
  const nearest = (cue: Shown): Shown | undefined =>
    right.toSorted((one, other) => Math.abs(one.start - cue.start) - Math.abs(other.start - cue.start))[0];
  return left
    .filter(({ start, end }) => start > from + TOLERANCE_S && end < until - TOLERANCE_S)
    .flatMap((cue) => {
      const other = nearest(cue);
      return other === undefined ? [] : [[cue, other] as const];
    });
}
