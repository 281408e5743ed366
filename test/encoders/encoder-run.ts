// What came out of one encoder's run, and what is wrong with it: one list of faults, empty when all is well.
import { PICTURE } from './encoder.ts';
import type { Wire } from './wire-capture.ts';

/** Everything observed, as it is kept for the tables. */
export type EncoderRun = {
  readonly encoder: string;
  readonly version: string;
  /** ISO 8601 day. */
  readonly date: string;
  /** 0 is the short form. */
  readonly minutes: number;
  readonly seenAs: string;
  readonly codecs: string;
  readonly watchedS: number;
  /** Media seconds that the page played meanwhile. */
  readonly playedS: number;
  readonly decodedPictures: number;
  readonly droppedPictures: number;
  readonly stalls: number;
  /** Codes of the log lines by which the connection ended. */
  readonly endings: readonly string[];
  /** Lines of the gateway's log above `info`. */
  readonly complaints: readonly string[];
  /** From flash to beep, milliseconds, in the order measured. */
  readonly offsetsMs: readonly number[];
  readonly wire: Wire;
  /** The page's console errors, failed requests and the like. */
  readonly pageProblems: readonly string[];
  /** What the encoder said when it was stopped, should it have ended badly. */
  readonly encoderError: string | undefined;
};

/** A watched second shows its pictures but for what a busy machine leaves out. */
const MIN_PICTURE_SHARE = 0.9;
/** The player moves its own clock a little to keep its distance from the live edge. */
const MAX_PLAYED_DIFFERENCE_S = 2;
/** One picture at 30 a second, and one AAC frame of 1024 samples at 48 kHz: what rounding to whole frames can move. */
export const MAX_DRIFT_MS = 1000 / PICTURE.framesPerSecond + (1024 / 48_000) * 1000;
/** Acceptable to viewers, sound early and late (ITU-R BT.1359-1, clause 3 of its annex 1). */
const ACCEPTABLE_MS = { early: -90, late: 185 } as const;
const CLEAN_ENDINGS: readonly string[] = ['unpublished', 'peer_closed'];
const UNPUBLISHED = "onStatus('NetStream.Unpublish.Success')";

/** Largest change of the offset since it was first measured, milliseconds. */
export function driftOf(offsetsMs: readonly number[]): number {
  const first = offsetsMs[0] ?? 0;
  return Math.max(0, ...offsetsMs.map((offset) => Math.abs(offset - first)));
}

/** Every fault in a sentence. */
export function faultsOf(run: EncoderRun): string[] {
  return [...playingFaults(run), ...endingFaults(run), ...syncFaults(run), ...wireFaults(run)];
}

function playingFaults(run: EncoderRun): string[] {
  const faults: string[] = [];
  const wanted = run.watchedS * PICTURE.framesPerSecond * MIN_PICTURE_SHARE;
  if (run.decodedPictures < wanted) faults.push(`${run.decodedPictures} pictures decoded, not ${wanted}`);
  if (Math.abs(run.playedS - run.watchedS) > MAX_PLAYED_DIFFERENCE_S)
    faults.push(`${run.playedS.toFixed(1)} s played in ${run.watchedS.toFixed(1)} s`);
  if (run.stalls > 0) faults.push(`${run.stalls} stalls`);
  return [...faults, ...run.pageProblems.map((problem) => `page: ${problem}`)];
}

function endingFaults(run: EncoderRun): string[] {
  const faults = run.complaints.map((line) => `log: ${line}`);
  const [ending = 'none', ...more] = run.endings;
  if (more.length > 0 || !CLEAN_ENDINGS.includes(ending)) faults.push(`ended by ${run.endings.join(', ')}`);
  if (run.encoderError !== undefined) faults.push(run.encoderError);
  return faults;
}

function syncFaults({ offsetsMs }: EncoderRun): string[] {
  const faults: string[] = [];
  const drift = driftOf(offsetsMs);
  if (drift > MAX_DRIFT_MS) faults.push(`sound moved by ${drift.toFixed(0)} ms against the picture`);
  const { early, late } = ACCEPTABLE_MS;
  const bad = offsetsMs.filter((offset) => offset < early || offset > late);
  return bad.length === 0 ? faults : [...faults, `sound is ${bad.join(', ')} ms off the picture`];
}

function wireFaults({ wire }: EncoderRun): string[] {
  const { gateway, encoder, sentTypes } = wire;
  const faults = gateway.malformed.map((packet) => `tshark: ${packet}`);
  if (gateway.types.join() !== sentTypes.join())
    faults.push(`tshark dissects the messages ${gateway.types.join()}; sent were ${sentTypes.join()}`);
  if (gateway.names.length !== gateway.types.length)
    faults.push(`tshark names ${gateway.names.length} messages of ${gateway.types.length}`);
  const isPolite = encoder.names.some((name) => name.startsWith('FCUnpublish'));
  if (isPolite && !gateway.names.includes(UNPUBLISHED)) faults.push('FCUnpublish was not answered');
  return faults;
}
