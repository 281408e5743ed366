// Captioned H.264 with B-frames: encoded by x264, captioned by us as a caption encoder behind the camera does.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import { withCaptions, writeFlvFile } from '../cases/captions-flv.ts';
import { address, characters, command, midRow, popOn, rollUp } from '../cases/captions-line21.ts';
import { makeSource } from './ffmpeg.ts';

const FPS = 30;
const still = (seconds: number): undefined[] => Array<undefined>(Math.round(seconds * FPS)).fill(undefined);

/** About ten seconds of captions in every style, numbered so that no two texts are equal. */
function round(number: number): (number | undefined)[] {
  return [
    ...popOn('CC1', [{ line: 15, indent: 4, text: `CAPTION ${number} IN POP-ON` }]),
    ...still(1),
    ...popOn('CC1', [
      { line: 13, text: `- TWO ROWS, R&B ${number}?` },
      { line: 14, indent: 8, text: '- Sí, <MAÑANA>' },
    ]),
    ...still(1.5),
    ...command('CC1', 'eraseDisplayed'),
    ...still(0.5),
    ...command('CC1', 'resumeLoading'),
    ...command('CC1', 'eraseLoading'),
    ...address('CC1', { line: 2 }),
    ...characters('IT IS'),
    ...midRow('CC1', 'italics'),
    ...characters(`LEANING ${number}`),
    ...command('CC1', 'endOfCaption'),
    ...still(1),
    ...command('CC1', 'eraseDisplayed'),
    ...rollUp('CC1', `ROLLING UP ${number}`),
    ...still(0.7),
    ...rollUp('CC1', `AND ON ${number}`),
    ...still(0.7),
    ...command('CC1', 'eraseDisplayed'),
    ...still(0.4),
  ];
}

/** Makes the file once; 30 fps, two B-frames, `durationS` long, captions on CC1 and CC3. Resolves with its path. */
export async function makeCaptionedSource(durationS: number): Promise<string> {
  const plain = await makeSource('flv', {
    video: { size: '320x180', rate: FPS, gop: FPS, bframes: 2, bitrateKbps: 300 },
    durationS,
  });
  const field1 = Array.from({ length: Math.ceil(durationS / 9) }, (_, at) => round(at + 1)).flat();
  const field2 = [...still(0.2), ...popOn('CC3', [{ line: 15, text: 'EN ESPAÑOL' }])];
  const file = plain.replace(/\.flv$/, '-captioned.flv');
  writeFileSync(file, writeFlvFile(withCaptions(parseFlvFile(readFileSync(plain)), field1, field2)));
  return file;
}
