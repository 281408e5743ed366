// `npm run test:joins -- [--joins 40] [--at-once 1] [--busy 0] [--label TEXT]`: viewers join a stream that ffmpeg sends,
// each at a random moment of a segment. Counts those that stand still in the ten seconds after their first picture. Exits
// with 1 if there are any.
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { runToEnd, startChild } from '../../bench/child-process.ts';
import { cleanUp, cleanUpOnSignals } from '../../bench/clean-up.ts';
import { startGateway } from '../../bench/gateway.ts';
import { CHECKOUT, describeMachine, findFfmpeg, makeMemoryFolder } from '../../bench/programs.ts';
import { launchBrowser } from '../../bench/watched-page.ts';
import { type Join, join } from './join.ts';
import { described, heldUp, joinsTable } from './joins-table.ts';

const NAME = 'joined';
const BUILD_TIMEOUT_MS = 180_000;
/** Several segments exist, as usual when a viewer joins. */
const AGE_MS = 12_000;
/** The pause before a join: at random within one segment. */
const SEGMENT_MS = 2_000;
const MAX_COUNT = 1_000;
/** Sent without encoding, in a loop, so that the pages have the processor; two seconds between key frames. */
const CLIP_S = 60;
const ENCODE = [
  ...['-hide_banner', '-nostdin', '-v', 'warning', '-f', 'lavfi', '-i', 'testsrc2=size=1920x1080:rate=30'],
  ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-t', String(CLIP_S)],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'],
  ...[
    '-b:v',
    '4M',
    '-maxrate',
    '4M',
    '-bufsize',
    '4M',
    '-g',
    '60',
    '-keyint_min',
    '60',
    '-sc_threshold',
    '0',
  ],
  ...['-c:a', 'aac', '-b:a', '128k'],
];
const SEND = ['-hide_banner', '-nostdin', '-v', 'warning', '-re', '-stream_loop', '-1'];
const FLV = ['-c', 'copy', '-flvflags', 'no_duration_filesize', '-f', 'flv'];
const ENCODE_TIMEOUT_MS = 180_000;
const BUSY = 'for (;;) {}';

cleanUpOnSignals();
try {
  const { values } = parseArgs({
    options: {
      joins: { type: 'string', default: '40' },
      'at-once': { type: 'string', default: '1' },
      busy: { type: 'string', default: '0' },
      label: { type: 'string', default: 'joins' },
    },
  });
  const building = ['scripts/build.mjs', '--if-stale'];
  await runToEnd(process.execPath, building, { cwd: CHECKOUT, timeoutMs: BUILD_TIMEOUT_MS });
  const joins = await joinAll({
    count: parseCount('joins', values.joins, 1),
    atOnce: parseCount('at-once', values['at-once'], 1),
    busy: parseCount('busy', values.busy, 0),
  });
  process.stdout.write(`${joinsTable(values.label, joins)}\n\n${describeMachine()}.\n`);
  process.exitCode = heldUp(joins).length === 0 ? 0 : 1;
} catch (error) {
  process.stderr.write(`joins: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

type Run = {
  readonly count: number;
  /** Viewers who watch at the same time. */
  readonly atOnce: number;
  /** Additional processes that use the processor all the time. */
  readonly busy: number;
};

async function joinAll({ count, atOnce, busy }: Run): Promise<readonly Join[]> {
  const gateway = await startGateway();
  const clip = path.join(makeMemoryFolder(), 'clip.mp4');
  await runToEnd(findFfmpeg(), [...ENCODE, clip], { timeoutMs: ENCODE_TIMEOUT_MS });
  const target = `rtmp://127.0.0.1:${gateway.rtmpPort}/live/${NAME}`;
  await startChild(findFfmpeg(), [...SEND, '-i', clip, ...FLV, target]);
  const browser = await launchBrowser();
  for (let started = 0; started < busy; started += 1) await startChild(process.execPath, ['-e', BUSY]);
  await delay(AGE_MS);
  const joins: Join[] = [];
  let begun = 0;
  const viewer = async (): Promise<void> => {
    while (begun < count) {
      begun += 1;
      await delay(Math.random() * SEGMENT_MS);
      const done = await join(browser, `${gateway.httpUrl}/watch/${NAME}`);
      joins.push(done);
      process.stderr.write(`joins: ${described(joins.length, done)}\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, viewer));
  return joins;
}

function parseCount(name: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least && count <= MAX_COUNT) return count;
  throw new Error(`--${name}: "${text}" is not a whole number from ${least} to ${MAX_COUNT}`);
}
