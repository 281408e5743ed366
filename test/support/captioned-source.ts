// H.264 with B-frames, encoded by x264, with CEA-608 or CEA-708 captions added.
import { readFileSync, writeFileSync } from 'node:fs';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';
import {
  CARRIAGE_RETURN,
  type Code,
  clearWindows,
  defineWindow,
  deleteWindows,
  displayWindows,
  letters,
  packetSequence,
  setPenLocation,
  setPenStyle,
} from '../cases/captions-dtvcc.ts';
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

/** Six seconds of captions of a service, in every style; no two texts are equal. */
function serviceRound(number: number): (readonly Code[] | undefined)[] {
  const italics = setPenStyle({ italics: true });
  return [
    [defineWindow(0, { vertical: 70, anchorPoint: 0, horizontal: 30 }), ...letters(`SERVICE ${number}`)],
    [...letters(' IN POP-ON'), setPenLocation(1, 2), ...letters('R&B, ♪ <MAÑANA>…')],
    [displayWindows(0)],
    ...still(1.5),
    [defineWindow(1, { rows: 1, vertical: 0, anchorPoint: 0 }), italics, ...letters(`ABOVE ${number}`)],
    [deleteWindows(0), displayWindows(1)],
    ...still(1),
    [deleteWindows(1)],
    ...still(0.5),
    [defineWindow(2, { isVisible: true }), ...letters('ROLLING')],
    letters(` UP ${number}`),
    ...still(0.7),
    [CARRIAGE_RETURN, ...letters(`AND ON ${number}`)],
    ...still(0.7),
    [clearWindows(2), deleteWindows(2)],
    ...still(1.3),
  ];
}

/** Makes the file without captions once. Resolves with its path. */
export function makeUncaptionedSource(durationS: number): Promise<string> {
  return makeSource('flv', {
    video: { size: '320x180', rate: FPS, gop: FPS, bframes: 2, bitrateKbps: 300 },
    durationS,
  });
}

/** Makes the file once; as below, with captions on service 1 of CEA-708 alone. */
export async function makeServiceSource(durationS: number): Promise<string> {
  const pictures = Array.from({ length: Math.ceil(durationS / 6) }, (_, at) => serviceRound(at + 1)).flat();
  return captioned(durationS, 'service', (tags) => withCaptions(tags, [], [], packetSequence(1, pictures)));
}

/**
 * Makes the file once; 30 fps, two B-frames, `durationS` long, captions on CC1 from `startS` on, on CC3 from `secondS` on.
 * Resolves with its path.
 */
export async function makeCaptionedSource(
  durationS: number,
  startS = 0,
  secondS = startS + 0.2,
): Promise<string> {
  const rounds = Array.from({ length: Math.ceil(durationS / 9) }, (_, at) => round(at + 1)).flat();
  const field1 = [...still(startS), ...rounds];
  const field2 = [...still(secondS), ...popOn('CC3', [{ line: 15, text: 'EN ESPAÑOL' }])];
  return captioned(durationS, `captioned-${startS}-${secondS}`, (tags) => withCaptions(tags, field1, field2));
}

async function captioned(
  durationS: number,
  name: string,
  write: (tags: readonly FlvTag[]) => FlvTag[],
): Promise<string> {
  const plain = await makeUncaptionedSource(durationS);
  const file = plain.replace(/\.flv$/, `-${name}.flv`);
  writeFileSync(file, writeFlvFile(write(parseFlvFile(readFileSync(plain)))));
  return file;
}
