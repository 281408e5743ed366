// What service 1 of CEA-708 shows, from the codes of its packets.

import type { CaptionCue } from '../../server/captions/caption-cue.ts';
import { type Code, defineWindow, packetSequence } from '../cases/captions-dtvcc.ts';
import { captionedPictures, type DtvccSequence } from '../cases/captions-pictures.ts';
import { read } from './read-captions.ts';

export const still = (frames: number): undefined[] => Array<undefined>(frames).fill(undefined);

/** What service 1 shows when each picture has a packet of these codes. */
export function show(...pictures: readonly (readonly Code[] | undefined)[]): readonly CaptionCue[] {
  return readPairs(packetSequence(1, [...pictures, ...still(5)]));
}

export function readPairs(dtvcc: DtvccSequence): readonly CaptionCue[] {
  return read(captionedPictures([], { dtvcc }))['S1'] ?? [];
}

/** The rows of a screen that one packet makes. */
export function rowsAfter(...codes: readonly Code[]): CaptionCue['rows'] {
  const cues = show(codes);
  return cues.at(-1)?.rows ?? [];
}

export function textsAfter(...codes: readonly Code[]): string[] {
  return rowsAfter(...codes).map(({ text }) => text);
}

export function linesAfter(...codes: readonly Code[]): string[] {
  return rowsAfter(...codes).map(({ line, text }) => `${line} ${text}`);
}

export const VISIBLE = defineWindow(0, { isVisible: true });
