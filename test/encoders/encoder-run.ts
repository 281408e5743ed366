// The result of one encoder's run, and its faults: one list, empty when everything is right.
import { MESSAGE_TYPE } from '../../server/rtmp/message.ts';
import { PICTURE } from './encoder.ts';
import type { Wire } from './wire-capture.ts';

/** All observations, as stored for the tables. A stored run lacks measurements that were added later. */
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
  /** Media seconds that the page played in that time. */
  readonly playedS: number;
  readonly decodedPictures: number;
  readonly droppedPictures: number;
  readonly stalls: number;
  /** Programs that ran or waited for a core while the page was watched (mean of the kernel's one-minute averages). */
  readonly machineLoad?: number;
  /** Discontinuities that the playlist showed from its start to the end of the watched time. */
  readonly discontinuities?: number;
  /** Codes of the log lines about the end of the connection. */
  readonly endings: readonly string[];
  /** Lines of the gateway's log above `info`. */
  readonly complaints: readonly string[];
  /** From flash to beep in the served media, milliseconds, in the order measured. */
  readonly servedMs: readonly number[];
  /** The same in the media sent by the encoder for the same seconds. */
  readonly sentMs: readonly number[];
  readonly wire: Wire;
  /** The page's console errors, failed requests and the like. */
  readonly pageProblems: readonly string[];
  /** The encoder's output when it was stopped, if it ended badly. */
  readonly encoderError: string | undefined;
};

/** The least share of a watched second's pictures: a busy machine drops a few. */
const MIN_PICTURE_SHARE = 0.9;
/** The player changes its speed slightly to keep its distance from the live edge. */
const MAX_PLAYED_DIFFERENCE_S = 2;
/**
 * One picture at 30 a second, and one AAC frame of 1024 samples at 48 kHz: the most that rounding to whole frames can
 * move.
 */
export const MAX_DRIFT_MS = 1000 / PICTURE.framesPerSecond + (1024 / 48_000) * 1000;
/** Acceptable to viewers, sound early and late (ITU-R BT.1359-1). */
const ACCEPTABLE_MS = { early: -90, late: 185 } as const;
const CLEAN_ENDINGS: readonly string[] = ['unpublished', 'peer_closed'];
const UNPUBLISHED = "onStatus('NetStream.Unpublish.Success')";

/** tshark's names for the messages from a server to a publisher, by type id (RTMP 1.0, clauses 5.4 and 7.1). */
const TSHARK_NAMES: Readonly<Record<number, RegExp>> = {
  [MESSAGE_TYPE.setChunkSize]: /^Set Chunk Size \d+$/,
  [MESSAGE_TYPE.acknowledgement]: /^Acknowledgement \d+$/,
  [MESSAGE_TYPE.userControl]: /^(?:Stream|Ping) /,
  [MESSAGE_TYPE.windowAcknowledgementSize]: /^Window Acknowledgement Size \d+$/,
  [MESSAGE_TYPE.setPeerBandwidth]: /^Set Peer Bandwidth \d+,(?:Hard|Soft|Dynamic)$/,
  [MESSAGE_TYPE.commandAmf0]: /^\w+\(.*\)$/,
};

/** Largest change of an offset since the first measurement, milliseconds. */
export function driftOf(offsetsMs: readonly number[]): number {
  const first = offsetsMs[0] ?? 0;
  return Math.max(0, ...offsetsMs.map((offset) => Math.abs(offset - first)));
}

/** The gateway's contribution to the distance of sound and picture, for each measurement, milliseconds. */
export function addedMs({ servedMs, sentMs }: EncoderRun): number[] {
  return servedMs.map((served, at) => served - (sentMs[at] ?? Number.NaN));
}

/** Every fault of the short form as a sentence. */
export function faultsOf(run: EncoderRun): string[] {
  return [...mediaFaults(run), ...stallFaults(run), ...endingFaults(run), ...wireFaults(run)];
}

/**
 * The faults of the media alone, which the long form checks: pictures, sound against them, and their continuity. Stalls
 * are only counted there: for ten minutes an encoder, a browser and everything else share the machine's cores.
 */
export function mediaFaults(run: EncoderRun): string[] {
  return [...playingFaults(run), ...syncFaults(run)];
}

function stallFaults({ stalls }: EncoderRun): string[] {
  return stalls > 0 ? [`${stalls} stalls`] : [];
}

function playingFaults(run: EncoderRun): string[] {
  const faults: string[] = [];
  const wanted = run.watchedS * PICTURE.framesPerSecond * MIN_PICTURE_SHARE;
  if (run.decodedPictures < wanted) faults.push(`${run.decodedPictures} pictures decoded, not ${wanted}`);
  if (Math.abs(run.playedS - run.watchedS) > MAX_PLAYED_DIFFERENCE_S)
    faults.push(`${run.playedS.toFixed(1)} s played in ${run.watchedS.toFixed(1)} s`);
  if ((run.discontinuities ?? 0) > 0) faults.push(`${run.discontinuities} discontinuities`);
  return [...faults, ...run.pageProblems.map((problem) => `page: ${problem}`)];
}

function endingFaults(run: EncoderRun): string[] {
  const faults = run.complaints.map((line) => `log: ${line}`);
  const [ending = 'none', ...more] = run.endings;
  if (more.length > 0 || !CLEAN_ENDINGS.includes(ending)) faults.push(`ended by ${run.endings.join(', ')}`);
  if (run.encoderError !== undefined) faults.push(run.encoderError);
  return faults;
}

function syncFaults(run: EncoderRun): string[] {
  const faults: string[] = [];
  const added = addedMs(run);
  if (!added.every((offset) => Math.abs(offset) <= MAX_DRIFT_MS))
    faults.push(`served sound is ${added.join(', ')} ms off what was sent`);
  const { early, late } = ACCEPTABLE_MS;
  const bad = run.servedMs.filter((offset) => offset < early || offset > late);
  return bad.length === 0 ? faults : [...faults, `sound is ${bad.join(', ')} ms off the picture`];
}

function wireFaults({ wire }: EncoderRun): string[] {
  const { gateway, encoder, isReset, sentTypes } = wire;
  const faults = [...gateway.malformed, ...encoder.malformed].map((packet) => `tshark: ${packet}`);
  const unlike =
    gateway.names.length !== sentTypes.length ||
    sentTypes.some((type, at) => !isNamed(type, gateway.names[at]));
  if (unlike) faults.push(`tshark dissects ${gateway.names.join(', ')}; sent were types ${sentTypes.join()}`);
  const isPolite = encoder.names.some((name) => name.startsWith('FCUnpublish'));
  if (isPolite && !isReset && !gateway.names.includes(UNPUBLISHED))
    faults.push('FCUnpublish was not answered');
  return faults;
}

function isNamed(type: number, name = ''): boolean {
  return TSHARK_NAMES[type]?.test(name) === true;
}
