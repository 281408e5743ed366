// Each real encoder publishes to a gateway whose watch page was opened before: it plays, stays in sync, ends cleanly, and
// tshark reads the messages. SLUICE_TEST_ENCODER_MINUTES sets the duration; the results make the tables of
// docs/measured/encoders.md.
import { readFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type OpenedPage, openPage, untilPlaying, type VideoFacts, videoFacts } from '../support/browser.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import { fetchFresh, firstMediaUrl } from '../support/hls-client.ts';
import { type AvOffset, measureBytes, measureServedOffset } from './av-offset.ts';
import type { Encoder, Push } from './encoder.ts';
import { type EncoderRun, faultsOf, mediaFaults } from './encoder-run.ts';
import { ffmpegEncoder } from './ffmpeg-encoder.ts';
import { endingsOf, gatewayFacts, isEnding } from './gateway-facts.ts';
import { rtmp2sinkEncoder, rtmpsinkEncoder } from './gstreamer-encoder.ts';
import { obsEncoder } from './obs-encoder.ts';
import { ownPublisher } from './own-publisher.ts';
import { LONG_MINUTES, MEASURED_AT_S, WANTED_NAME, WATCH_S } from './run-options.ts';
import { readSentMedia } from './sent-media.ts';
import { startCapture } from './wire-capture.ts';
import { keepRun } from './write-tables.ts';

const ENCODERS: readonly Encoder[] = [
  ffmpegEncoder,
  rtmpsinkEncoder,
  rtmp2sinkEncoder,
  obsEncoder,
  ownPublisher,
];
const NAME = 'encoder';
/** A graphical program on a busy machine starts slowly. */
const START_TIMEOUT_MS = 60_000;

it.each(wantedEncoders().map((encoder) => [encoder.name, encoder] as const))(
  '%s publishes and plays',
  async (_name, encoder) => {
    const run = await runEncoder(encoder);
    keepRun(run);
    expect(LONG_MINUTES === 0 ? faultsOf(run) : mediaFaults(run)).toEqual([]);
  },
);

/** All encoders, or those whose name contains the given text. */
function wantedEncoders(): readonly Encoder[] {
  const wanted = ENCODERS.filter(({ name }) => name.toLowerCase().includes(WANTED_NAME.toLowerCase()));
  if (wanted.length > 0) return wanted;
  const names = ENCODERS.map(({ name }) => name).join(', ');
  throw new Error(`no encoder is called "${WANTED_NAME}"; there are ${names}`);
}

async function runEncoder(encoder: Encoder): Promise<EncoderRun> {
  const version = await encoder.version();
  const gateway = await startGateway();
  const capture = await startCapture(gateway.rtmpPort);
  const { page, problems } = await openPage(gateway.url(`/watch/${NAME}`));
  await page.locator('[data-state="offline"]').first().waitFor();

  const push = await encoder.start(gateway, NAME);
  const { offsets, ...watched } = await watch(gateway, page);
  const facts = await gatewayFacts(gateway, NAME);
  const encoderError = await stop(push);
  await gateway.waitForLog((line) => isEnding(line, NAME));
  await page.locator('[data-state="reconnecting"]').first().waitFor();

  const wire = await capture.finish();
  return {
    encoder: encoder.name,
    version,
    date: new Date().toISOString().slice(0, 10),
    minutes: LONG_MINUTES,
    seenAs: facts.encoder,
    codecs: facts.codecs,
    ...watched,
    endings: endingsOf(gateway, NAME).map((line) => String(line['code'])),
    complaints: gateway.logs
      .filter(({ level }) => level !== undefined && level !== 'info')
      .map((line) => JSON.stringify(line)),
    servedMs: offsets.map(({ offsetMs }) => Math.round(offsetMs)),
    sentMs: await sentOffsets(capture.file, gateway.rtmpPort, offsets),
    wire,
    pageProblems: Object.values(problems).flat(),
    encoderError,
  };
}

type Played = Pick<EncoderRun, 'playedS' | 'decodedPictures' | 'droppedPictures' | 'stalls'>;
type Watched = Played &
  Pick<EncoderRun, 'watchedS' | 'machineLoad' | 'discontinuities'> & {
    readonly offsets: readonly AvOffset[];
  };

/** Watches while the page plays, and measures sound against picture at the given times. */
async function watch(gateway: GatewayProcess, page: OpenedPage['page']): Promise<Watched> {
  const begun = await untilPlaying(page, { timeoutMs: START_TIMEOUT_MS });
  const begunAt = performance.now();
  const mediaUrl = await firstMediaUrl(gateway.url(`/live/${NAME}/index.m3u8`));
  const offsets: AvOffset[] = [];
  const loads: number[] = [];
  for (const atS of MEASURED_AT_S) {
    await delay(Math.max(0, begunAt + atS * 1000 - performance.now()));
    offsets.push(await measureServedOffset(mediaUrl));
    loads.push(loadavg()[0] ?? 0);
  }
  await delay(Math.max(0, begunAt + WATCH_S * 1000 - performance.now()));
  const seen = await videoFacts(page);
  const watchedS = (performance.now() - begunAt) / 1000;
  const machineLoad = loads.reduce((sum, load) => sum + load, 0) / loads.length;
  const discontinuities = discontinuitiesIn(await (await fetchFresh(mediaUrl)).text());
  return { watchedS, offsets, machineLoad, discontinuities, ...difference(begun, seen) };
}

/** The discontinuities in the playlist, and those already removed from it (RFC 8216 clause 4.3.3.3). */
function discontinuitiesIn(playlist: string): number {
  const gone = /^#EXT-X-DISCONTINUITY-SEQUENCE:(\d+)$/m.exec(playlist)?.[1] ?? '0';
  return Number(gone) + (playlist.match(/^#EXT-X-DISCONTINUITY$/gm) ?? []).length;
}

function difference(begun: VideoFacts, seen: VideoFacts): Played {
  return {
    playedS: seen.currentTime - begun.currentTime,
    decodedPictures: seen.decodedFrames - begun.decodedFrames,
    droppedPictures: seen.droppedFrames - begun.droppedFrames,
    stalls: seen.stalls,
  };
}

/** The same measurement on the media sent by the encoder for the same seconds. */
async function sentOffsets(
  captureFile: string,
  rtmpPort: number,
  served: readonly AvOffset[],
): Promise<number[]> {
  const files = readSentMedia(await readFile(captureFile), rtmpPort, served);
  const offsetsMs: number[] = [];
  for (const file of files) offsetsMs.push(Math.round((await measureBytes(file, 'flv')).offsetMs));
  return offsetsMs;
}

/** An error at the encoder's end is a result like others. */
async function stop(push: Push): Promise<string | undefined> {
  try {
    await push.stop();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
