// Pushes of real ffmpeg with good settings or one wrong setting, and the issues that the doctor finds.
import type { Health, Issue } from '../../server/stats/operator-message.ts';
import { withBpm } from './bpm-clip.ts';
import { makeSource, type SourceOptions, type VideoOptions } from './ffmpeg.ts';
import type { GatewayProcess } from './gateway-process.ts';
import { type RunningProcess, startProcess } from './running-process.ts';
import { FFMPEG } from './test-tools.ts';

const FLV = ['-flvflags', 'no_duration_filesize', '-f', 'flv'];
const QUIET = ['-hide_banner', '-nostdin', '-v', 'warning'];
/** A burst of a slow machine says nothing about the push. */
const ABOUT_MACHINE = new Set(['serverBusy']);

const PICTURES: VideoOptions = {
  size: '320x180',
  rate: 25,
  gop: 50,
  bframes: 0,
  preset: 'ultrafast',
  bitrateKbps: 250,
  x264: 'scenecut=0',
};
/** Black and white change places: what an encoder takes for another scene. */
const CUTS = ['-vf', "negate=enable='lt(mod(t,4.3),0.6)'"];

/** Files with a fault, by the issue that they raise. */
export const FAULTY_SOURCES = {
  gopLong: { video: { ...PICTURES, gop: 250 } },
  gopVariable: { video: { ...PICTURES, preset: 'veryfast', x264: 'scenecut=40' }, extraArgs: CUTS },
  bFrames: { video: { ...PICTURES, bframes: 2, x264: 'scenecut=0:b-adapt=0' } },
  audioRateOdd: { audio: { rate: 96_000, channels: 1 } },
  codecUnsupported: { extraArgs: ['-pix_fmt', 'yuv444p', '-profile:v', 'high444'] },
} satisfies Readonly<Record<string, SourceOptions>>;

/** Further faults, for the long test, with all issues that they raise. */
export const MORE_FAULTS: readonly { readonly raises: readonly string[]; readonly source: SourceOptions }[] =
  [
    { raises: ['gopShort'], source: { video: { ...PICTURES, gop: 10 } } },
    { raises: ['framesDropped'], source: { extraArgs: ['-vf', "select='mod(n,20)'", '-vsync', 'vfr'] } },
    { raises: ['noAudio'], source: { audio: null } },
    { raises: ['noVideo'], source: { video: null } },
    { raises: ['audioChannels'], source: { audio: { channels: 6 } } },
    { raises: ['codecUnsupported'], source: { extraArgs: ['-c:a', 'libmp3lame', '-ar', '44100'] } },
    {
      raises: ['codecReach'],
      source: { video: { ...PICTURES, preset: 'veryfast', x264: 'scenecut=0:tff=1' } },
    },
    { raises: ['bitrateLow'], source: { video: { ...PICTURES, size: '1280x720', bitrateKbps: 200 } } },
    {
      raises: ['bFrames', 'openGop'],
      source: {
        video: { ...PICTURES, preset: 'veryfast', bframes: 2, x264: 'scenecut=0:open-gop=1:b-adapt=0' },
      },
    },
    {
      raises: ['bitrateUnstable'],
      source: {
        video: {
          size: '320x180',
          rate: 25,
          gop: 50,
          bframes: 0,
          preset: 'ultrafast',
          x264: 'scenecut=0:crf=28',
        },
        extraArgs: ['-vf', "noise=alls=60:allf=t:enable='lt(mod(t,12),6)'"],
      },
    },
  ];

export function sourceFile(
  fault: keyof typeof FAULTY_SOURCES | SourceOptions | undefined,
  durationS = 24,
): Promise<string> {
  const changed: SourceOptions = typeof fault === 'string' ? FAULTY_SOURCES[fault] : (fault ?? {});
  return makeSource('flv', { video: PICTURES, audio: { channels: 2 }, ...changed, durationS });
}

/** A file whose encoder says that it skips every twelfth picture. */
export async function overloadedFile(): Promise<string> {
  const counts = { rendered: 60, output: 55, input: 60, skipped: 5, encoded: 55 };
  return withBpm(await sourceFile(undefined), () => ({ times: {}, counts }));
}

/** Pushes a file again and again without encoding it. */
export function pushFile(file: string, url: string, pace: readonly string[] = ['-re']): RunningProcess {
  return push([...pace, '-stream_loop', '-1', '-i', file, '-c', 'copy', ...FLV, url]);
}

/** Pushes a file with its sound later than its pictures. ffmpeg sends both sorted by their timestamps. */
export function pushSkewed(file: string, url: string, seconds: number): RunningProcess {
  const sound = ['-itsoffset', String(seconds), '-re', '-stream_loop', '-1', '-i', file];
  const pictures = ['-re', '-stream_loop', '-1', '-i', file];
  return push([...pictures, ...sound, '-map', '0:v', '-map', '1:a', '-c', 'copy', ...FLV, url]);
}

function push(args: readonly string[]): RunningProcess {
  const running = startProcess(FFMPEG, [...QUIET, ...args]);
  // Read stdout so that the pipe never fills.
  running.child.stdout.resume();
  return running;
}

export async function healthOf(gateway: GatewayProcess, name: string): Promise<Health | undefined> {
  const response = await fetch(gateway.url(`/api/v1/streams/${name}/health`));
  return response.ok ? ((await response.json()) as Health) : undefined;
}

/** Issues about the push. */
export async function issuesOf(gateway: GatewayProcess, name: string): Promise<readonly Issue[]> {
  const health = await healthOf(gateway, name);
  return (health?.issues ?? []).filter(({ code }) => !ABOUT_MACHINE.has(code));
}

/** Codes of all issues that were ever raised for a stream, in order, from the log. */
export function raisedFor(gateway: GatewayProcess, name: string): unknown[] {
  return gateway.logs
    .filter((line) => line['stream'] === name && 'fix' in line && !ABOUT_MACHINE.has(String(line['issue'])))
    .map((line) => line['issue']);
}
