// How a real decoder reads the silence that replaces lost sound.
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseAacConfig } from '../../server/codec/aac.ts';
import { silentAacFrame } from '../../server/codec/aac-silence.ts';
import { audioTrack } from '../../server/media/track.ts';
import { writeInitSegment } from '../../server/mp4/init-segment.ts';
import { mp4TrackId } from '../../server/mp4/track-id.ts';
import { AAC_CONFIG_CASES } from '../cases/aac-configs.ts';
import { fragmentBytes } from '../support/fragment-bytes.ts';
import { runProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FFMPEG } from '../support/test-tools.ts';

const FRAMES = 20;
/** FFmpeg 5.1 accepts neither configuration 14 nor an AAC-LC with an explicit rate. */
const UNKNOWN_TO_FFMPEG = /^LC .*(?:top speakers|written rate)/;
const CASES = AAC_CONFIG_CASES.filter(
  ({ objectType, name }) => objectType <= 4 && !UNKNOWN_TO_FFMPEG.test(name),
);

it.each(CASES)('is silence to FFmpeg: $name', async ({ record, frameSamples, rates }) => {
  const config = parseAacConfig(record);
  const track = audioTrack(config);
  const data = silentAacFrame(config);
  if (data === undefined) throw new Error('there is no silence of it');
  const sample = { duration: frameSamples, compositionOffset: 0, isSync: true, data };
  const samples = Array.from({ length: FRAMES }, () => sample);
  const fragment = fragmentBytes(1, [
    { trackId: mp4TrackId(track.id), kind: 'audio', baseDecodeTime: 0, samples },
  ]);
  const folder = temporaryFolder('silence');
  const [file, decoded] = [path.join(folder, 'silence.mp4'), path.join(folder, 'silence.raw')];
  await writeFile(file, Buffer.concat([writeInitSegment([track]), fragment]));
  const args = ['-v', 'error', '-xerror', '-i', file, '-f', 's16le', decoded];
  const { stderr } = await runProcess(FFMPEG, args, { timeoutMs: 20_000 });
  expect(stderr).toBe('');
  const heard = await readFile(decoded);
  expect(heard.every((byte) => byte === 0)).toBe(true);
  expect(heard.length).toBe(2 * config.channels * FRAMES * frameSamples * (rates[1] / rates[0]));
});
