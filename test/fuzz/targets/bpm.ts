// What OBS reports about itself in SEI messages (server/codec/bpm.ts): for any bytes no fault, and numbers that are numbers.

import { BpmReader, type BpmReport, bpmNalUnits } from '../../../server/codec/bpm.ts';
import { accessUnit, LENGTH_SIZES, NAL, nalUnit } from '../../cases/access-units.ts';
import { demand, type FuzzTarget, hexWords, tally, textWords } from '../fuzz-target.ts';

const KIB = 1024;
const MAX_UINT32 = 0xffff_ffff;

const WHOLE: BpmReport = {
  times: {
    composedAt: 1_772_366_400_125,
    encodeRequestedAt: 1_772_366_400_126,
    interleavedAt: 1_772_366_400_375,
  },
  counts: { rendered: 60, lagged: 2, dropped: 0, output: 60, input: 60, skipped: 3, encoded: 57 },
};

const bpm: FuzzTarget = {
  name: 'bpm',
  seeds: () =>
    LENGTH_SIZES.map((size) => {
      const units = [nalUnit(NAL.delimiter, 2), ...bpmNalUnits(WHOLE), nalUnit(NAL.idr)];
      return Buffer.concat([Buffer.from([size - 1]), accessUnit(size, units)]);
    }),
  dictionary: [
    ...hexWords('0aecffe752724e2fa62fd19cd61a93b5', 'ca60e71c6a8b4388a377151df7bf8ac2'),
    ...hexWords('f1fbc1d5101e4fb5a61eb8ce3c07b8c0', '0605', '000003', 'ffffffff', '0104', '0201', '80'),
    ...textWords('2026-03-01T12:00:00.125Z\0', '9999-12-31T23:59:59Z\0'),
  ],
  maxInputBytes: 4 * KIB,
  maxAllocatedBytes: 256 * KIB,
  mayRefuse: false,
  run: (input) => {
    const lengthSize = [1, 2, 4, 4][(input[0] ?? 0) % 4] ?? 4;
    const report = new BpmReader().read(input.subarray(1), lengthSize);
    if (report === undefined) return 'nothing';
    const { times, counts } = report;
    for (const [name, time] of Object.entries(times)) demand(Number.isFinite(time), () => `${name} ${time}`);
    for (const [name, count] of Object.entries(counts))
      demand(Number.isInteger(count) && count >= 0 && count <= MAX_UINT32, () => `${name} ${count}`);
    return tally([...Object.keys(times), ...Object.keys(counts)]);
  },
};

export const BPM_TARGETS: readonly FuzzTarget[] = [bpm];
