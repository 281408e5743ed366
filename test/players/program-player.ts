// A player that is a program: its output lines are read as they arrive, and pictures are counted from them.
import { createInterface } from 'node:readline';
import { startProcess } from '../support/running-process.ts';
import type { PlayFacts, Playing, Size } from './player.ts';

/** The totals of a program's lines; `readLine` changes them. */
export type LineFacts = {
  frames: number;
  size: Size;
  stalls: number | undefined;
};

export type ProgramOptions = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly readLine: (line: string, facts: LineFacts) => void;
  /** Lines that report an error. */
  readonly complaint: RegExp;
  /** How its user ends it. */
  readonly signal?: NodeJS.Signals;
};

/** At most so many error messages of a program are kept. */
const MAX_COMPLAINTS = 50;

/** Seen in the logs of ffmpeg 5.1 and mpv 0.35. */
export const ONE_INIT_SEGMENT =
  'libavformat reads one moov and skips a second ("Found duplicated MOOV Atom"): a new EXT-X-MAP does not reach the decoder';

/** One line of ffmpeg's filter `showinfo` is one decoded picture. */
const SHOWINFO = /showinfo_\d+.*\bn: *\d+ pts: *\S+ +pts_time: *\S+ .*\bs:(\d+)x(\d+)/;

/** Starts it; it ends no later than the test. */
export function startProgram(options: ProgramOptions): Playing {
  const facts: LineFacts = { frames: 0, size: { width: 0, height: 0 }, stalls: undefined };
  const complaints: string[] = [];
  const running = startProcess(options.command, options.args, { ...(options.env && { env: options.env }) });
  for (const input of [running.child.stdout, running.child.stderr]) {
    createInterface({ input }).on('line', (line) => {
      options.readLine(line, facts);
      if (complaints.length < MAX_COMPLAINTS && options.complaint.test(line)) complaints.push(line.trim());
    });
  }
  return {
    facts: async (): Promise<PlayFacts> => ({
      frames: facts.frames,
      size: facts.size,
      stalls: facts.stalls,
      latencyMs: undefined,
    }),
    complaints: () => complaints,
    stop: async () => void (await running.stop(options.signal)),
  };
}

/** Counts the pictures that `showinfo` prints. */
export function readShowinfo(line: string, facts: LineFacts): void {
  const [, width, height] = SHOWINFO.exec(line) ?? [];
  if (width === undefined) return;
  facts.frames += 1;
  facts.size = { width: Number(width), height: Number(height) };
}
