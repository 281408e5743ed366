// Real ffmpeg as encoder (publish, make files) and as oracle (ffprobe, strict decoding).
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ProcessEnd, type RunningProcess, runProcess, startProcess } from './running-process.ts';
import { FFMPEG, FFPROBE } from './test-tools.ts';

export type VideoOptions = {
  /** `1280x720` */
  readonly size?: string;
  /** Frames a second; a fraction as ffmpeg writes it (`30000/1001`). */
  readonly rate?: number | string;
  /** Frames from key frame to key frame. */
  readonly gop?: number;
  /** libx264's own choice (3 at `veryfast`) when absent. */
  readonly bframes?: number;
  readonly preset?: string;
  readonly profile?: string;
  readonly bitrateKbps?: number;
  /** More x264 options, `key=value:…`. */
  readonly x264?: string;
};

export type AudioOptions = {
  /** Samples a second. */
  readonly rate?: number;
  readonly channels?: number;
  readonly bitrateKbps?: number;
  readonly frequencyHz?: number;
};

export type SourceOptions = {
  /** null leaves the track out; an absent one is 1280x720 at 30. */
  readonly video?: VideoOptions | null;
  /** null leaves the track out; an absent one is 48 kHz mono. */
  readonly audio?: AudioOptions | null;
  /** Added after the codec options, before the output. */
  readonly extraArgs?: readonly string[];
};

export type PublishOptions = SourceOptions & {
  /** `rtmp://HOST:PORT/live/NAME` */
  readonly url: string;
  /** false sends as fast as the server takes it; true is the default. */
  readonly realtime?: boolean;
  /** Endless when absent. */
  readonly durationS?: number;
};

export type Publishing = Pick<RunningProcess, 'child' | 'exited' | 'stderr'> & {
  /** Ends like Ctrl-C: FCUnpublish, deleteStream, close. */
  readonly stop: () => Promise<ProcessEnd>;
  /** Kills the process; the kernel closes the socket. */
  readonly kill: () => Promise<ProcessEnd>;
};

export type ProbedStream = {
  readonly index: number;
  readonly codec_type: string;
  readonly codec_name?: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly r_frame_rate?: string;
  readonly avg_frame_rate?: string;
  readonly sample_rate?: string;
  readonly channels?: number;
  readonly start_time?: string;
  readonly duration?: string;
  readonly has_b_frames?: number;
};

export type ProbedPacket = {
  readonly codec_type: string;
  readonly stream_index: number;
  /** Ticks; `_time` fields are seconds. */
  readonly pts?: number;
  readonly dts?: number;
  readonly duration?: number;
  readonly pts_time?: string;
  readonly dts_time?: string;
  readonly duration_time?: string;
  readonly size: string;
  /** `K__` marks a key frame. */
  readonly flags: string;
};

export type ProbedFrame = {
  readonly media_type: string;
  readonly stream_index: number;
  readonly key_frame?: number;
  readonly pts_time?: string;
  readonly pict_type?: string;
  readonly width?: number;
  readonly height?: number;
  readonly nb_samples?: number;
};

export type Probe = {
  readonly streams: readonly ProbedStream[];
  /** Empty unless asked for. */
  readonly packets: readonly ProbedPacket[];
  /** Decoded frames; empty unless asked for. */
  readonly frames: readonly ProbedFrame[];
  readonly format: {
    readonly format_name?: string;
    readonly duration?: string;
    readonly start_time?: string;
  };
};

const RUN_TIMEOUT_MS = 60_000;
/** Encoding a source may take longer than its duration on a slow machine. */
const MAKE_TIMEOUT_MS = 300_000;
/** Options for output to a socket, which cannot seek. */
const FLV_OUTPUT = ['-flvflags', 'no_duration_filesize', '-f', 'flv'];
const QUIET = ['-hide_banner', '-nostdin', '-v', 'warning'];

/** Publishes a test picture and a tone, encoded on the fly, until stopped or `durationS` is over. */
export function publish(options: PublishOptions): Publishing {
  const length = options.durationS === undefined ? [] : ['-t', String(options.durationS)];
  const pace = options.realtime === false ? [] : ['-re'];
  return startPublishing([...QUIET, ...encoderArgs(options, pace), ...length, ...FLV_OUTPUT, options.url]);
}

/** Publishes a file without encoding, in real time; `extraInputArgs` go before its `-i`. */
export function publishFile(file: string, url: string, extraInputArgs: readonly string[] = []): Publishing {
  return startPublishing([...QUIET, '-re', ...extraInputArgs, '-i', file, '-c', 'copy', ...FLV_OUTPUT, url]);
}

/**
 * Encodes a test file once and keeps it in the temporary folder under a hash of its options.
 * Resolves with its absolute path.
 */
export async function makeSource(
  format: 'flv' | 'mp4',
  options: SourceOptions & { readonly durationS: number },
): Promise<string> {
  const args = [...QUIET, ...encoderArgs(options, []), '-t', String(options.durationS), '-f', format];
  const hash = createHash('sha256').update(JSON.stringify(args)).digest('hex').slice(0, 16);
  const folder = path.join(tmpdir(), 'sluice-test-sources');
  const file = path.join(folder, `${hash}.${format}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  // Written to another file and renamed, so that an aborted run leaves no partial file.
  const partial = path.join(folder, `${hash}.${process.pid}.partial`);
  try {
    await runProcess(FFMPEG, [...args, '-y', partial], { timeoutMs: MAKE_TIMEOUT_MS });
    renameSync(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  return file;
}

/** ffprobe's facts about a file or URL. Throws with its messages when it cannot read it. */
export async function probe(
  urlOrPath: string,
  wanted: {
    readonly packets?: boolean;
    readonly frames?: boolean;
    /** How much to read (`%+5` = five seconds), for a live playlist. */
    readonly interval?: string;
    readonly extraArgs?: readonly string[];
  } = {},
): Promise<Probe> {
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format'];
  if (wanted.packets === true) args.push('-show_packets');
  if (wanted.frames === true) args.push('-show_frames');
  if (wanted.interval !== undefined) args.push('-read_intervals', wanted.interval);
  const { stdout } = await runProcess(FFPROBE, [...args, ...(wanted.extraArgs ?? []), urlOrPath], {
    timeoutMs: RUN_TIMEOUT_MS,
  });
  // ffprobe's JSON has exactly these keys; packets and frames together come as one mixed list.
  const report = JSON.parse(stdout) as Partial<Probe> & {
    readonly packets_and_frames?: readonly ({ readonly type: string } & ProbedPacket & ProbedFrame)[];
  };
  const mixed = report.packets_and_frames ?? [];
  return {
    streams: report.streams ?? [],
    packets: report.packets ?? mixed.filter((item) => item.type === 'packet'),
    frames: report.frames ?? mixed.filter((item) => item.type === 'frame'),
    format: report.format ?? {},
  };
}

/**
 * Decodes everything and throws at the first error or warning (non-monotonic DTS, invalid data). `durationS` ends a live playlist.
 */
export async function decodeStrictly(
  urlOrPath: string,
  options: {
    readonly durationS?: number;
    readonly inputArgs?: readonly string[];
    readonly timeoutMs?: number;
  } = {},
): Promise<void> {
  const length = options.durationS === undefined ? [] : ['-t', String(options.durationS)];
  const input = [...(options.inputArgs ?? []), '-i', urlOrPath];
  const args = ['-hide_banner', '-nostdin', '-v', 'error', '-xerror', ...input, ...length, '-f', 'null', '-'];
  const { stderr } = await runProcess(FFMPEG, args, { timeoutMs: options.timeoutMs ?? RUN_TIMEOUT_MS });
  if (stderr.trim() !== '') throw new Error(`${urlOrPath} decodes with complaints:\n${stderr}`);
}

function startPublishing(args: readonly string[]): Publishing {
  const running = startProcess(FFMPEG, args);
  // Read stdout so that the pipe never fills.
  running.child.stdout.resume();
  return {
    child: running.child,
    exited: running.exited,
    stderr: running.stderr,
    stop: () => running.stop('SIGINT'),
    kill: () => running.stop('SIGKILL'),
  };
}

/** Inputs and codecs of the command line. */
function encoderArgs(options: SourceOptions, pace: readonly string[]): string[] {
  const { video = {}, audio = {}, extraArgs = [] } = options;
  const inputs: string[] = [];
  const codecs: string[] = [];
  if (video !== null) {
    const source = `testsrc2=size=${video.size ?? '1280x720'}:rate=${video.rate ?? 30}`;
    inputs.push(...pace, '-f', 'lavfi', '-i', source);
    codecs.push(...videoArgs(video));
  }
  if (audio !== null) {
    const source = `sine=frequency=${audio.frequencyHz ?? 440}:sample_rate=${audio.rate ?? 48_000}`;
    inputs.push(...pace, '-f', 'lavfi', '-i', source);
    codecs.push('-c:a', 'aac', '-ac', String(audio.channels ?? 1), '-b:a', `${audio.bitrateKbps ?? 96}k`);
  }
  return [...inputs, ...codecs, ...extraArgs];
}

function videoArgs(video: VideoOptions): string[] {
  const args = ['-c:v', 'libx264', '-preset', video.preset ?? 'veryfast', '-pix_fmt', 'yuv420p'];
  args.push('-g', String(video.gop ?? 60));
  if (video.bframes !== undefined) args.push('-bf', String(video.bframes));
  if (video.profile !== undefined) args.push('-profile:v', video.profile);
  if (video.bitrateKbps !== undefined) args.push('-b:v', `${video.bitrateKbps}k`);
  if (video.x264 !== undefined) args.push('-x264-params', video.x264);
  return args;
}
