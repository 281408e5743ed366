// Rows 23 to 25: publishers whose clocks reach the limits of their fields, wrap or jump. All are accepted and repaired.

import { wire } from '../../cases/rtmp-wire.ts';
import { type HostileCase, type HostileRows, LIVES, publishing } from '../hostile-input.ts';
import { configured, framesAt, steps, videoFrame } from '../media-bytes.ts';

const clock = (what: string, times: readonly number[], audioOffset = 0): HostileCase =>
  publishing(what, LIVES, (script) =>
    Buffer.concat([configured(script), framesAt(script, times, audioOffset)]),
  );

const BOUNDARIES = [0xff_fffe, 0xff_ffff, 0x100_0000, 0x100_0002];
const EXTREMES = [0, 1, 0xff_ffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

/** The boundary in chunk headers of every type, with and without repeated extended timestamps. */
const BOUNDARY_CHUNKS: readonly HostileCase[] = ([0, 1, 2, 3] as const).flatMap((type) =>
  [true, false].map((isRepeated) =>
    publishing(
      `a frame past 2^24 ms in a chunk of type ${type}, time ${isRepeated ? '' : 'not '}repeated`,
      LIVES,
      (script) => {
        const frame = videoFrame(291, true);
        const rest = (extendedTime: number) =>
          [128, 256].map((from) => ({
            type: 3 as const,
            chunkStreamId: 20,
            ...(isRepeated ? { extendedTime } : {}),
            payload: frame.subarray(from, from + 128),
          }));
        const head = (headType: 0 | 1 | 2 | 3, value: number) => ({
          type: headType,
          chunkStreamId: 20,
          time: 0xff_ffff,
          length: frame.length,
          payload: frame.subarray(0, 128),
          ...(headType < 3 || isRepeated ? { extendedTime: value } : {}),
        });
        const value = type === 0 ? 0x200_0004 : 0x100_0002;
        return Buffer.concat([
          configured(script),
          wire(head(0, 0x100_0002), ...rest(0x100_0002), head(type, value), ...rest(value)),
        ]);
      },
    ),
  ),
);

const BOUNDARY: readonly HostileCase[] = [
  ...BOUNDARIES.map((time) => clock(`frames from ${time} ms on`, steps(time, 6, 1))),
  clock('frames across 2^24 ms', steps(0xff_ffff - 200, 12)),
  ...BOUNDARY_CHUNKS,
];

const WRAPS: readonly HostileCase[] = [
  0x7fff_f000, 0x7fff_ffff, 0xffff_f000, 0xffff_fff0, 0xffff_ffff,
].flatMap((time) => [
  clock(`frames that wrap from ${time} ms on`, steps(time, 120)),
  clock(`frames that wrap from ${time} ms on, sound 5 s behind`, steps(time, 120), -5_000),
]);

const DAY_MS = 86_400_000;

const JUMPS: readonly HostileCase[] = [
  ...[-10_000, 3_600_000, 24 * DAY_MS, -24 * DAY_MS, 3_001, 2_999, -3_001].flatMap((jump) =>
    [0, 40, 7_200_000].map((offset) =>
      clock(
        `a jump of ${jump} ms, sound ${offset} ms off`,
        [...steps(20_000, 10), ...steps(20_400 + jump, 10)],
        offset,
      ),
    ),
  ),
  clock('back to zero', [...steps(500_000, 10), ...steps(0, 10)]),
  clock(
    'a jump at every frame',
    Array.from({ length: 60 }, (_, at) => (at * 0x1357_9bdf) >>> 0),
  ),
  ...EXTREMES.flatMap((from) =>
    EXTREMES.filter((to) => to !== from).map((to) =>
      clock(`from ${from} to ${to} ms and back`, [from, to, from, to]),
    ),
  ),
  ...[-8_388_608, -1, 5_001, 8_388_607].map((compositionMs) =>
    publishing(`a composition offset of ${compositionMs} ms`, LIVES, (script) =>
      Buffer.concat([
        configured(script),
        ...steps(0, 20).map((time) => script.video(time, videoFrame(100, time % 400 === 0, compositionMs))),
      ]),
    ),
  ),
];

export const CLOCK_ROWS: HostileRows = { 23: BOUNDARY, 24: WRAPS, 25: JUMPS };
