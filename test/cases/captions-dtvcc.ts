// CEA-708 captions as encoders write them: codes in service blocks, blocks in packets, packets in pairs (CEA-708 clauses
// 5 to 8).

import type { CaptionTriplet } from './captions-sei.ts';

/** One code with its parameter bytes. */
export type Code = readonly number[];

/** CEA-708 clause 8.4: the position and size of a window. By default two rows at the bottom, on the left. */
export type WindowDefinition = {
  readonly isVisible?: boolean;
  readonly priority?: number;
  readonly isRelative?: boolean;
  readonly vertical?: number;
  readonly horizontal?: number;
  /** 0 to 8, from top left to bottom right. */
  readonly anchorPoint?: number;
  readonly rows?: number;
  readonly columns?: number;
  readonly windowStyle?: number;
  readonly penStyle?: number;
};

const MAX_BLOCK_BYTES = 31;
const MAX_PACKET_BYTES = 128;
/** G2, after 0x10. */
const EXTENDED_CHARACTERS: Readonly<Record<string, number>> = { '…': 0x25, Š: 0x2a, '™': 0x39, '⅜': 0x77 };

export function defineWindow(window: number, definition: WindowDefinition = {}): Code {
  const { isVisible = false, priority = 0, isRelative = false, anchorPoint = 6 } = definition;
  const { vertical = 75, horizontal = 0, rows = 2, columns = 32, windowStyle = 0, penStyle = 0 } = definition;
  return [
    ...[0x98 | window, (isVisible ? 0x20 : 0) | priority, (isRelative ? 0x80 : 0) | vertical, horizontal],
    ...[(anchorPoint << 4) | (rows - 1), columns - 1, (windowStyle << 3) | penStyle],
  ];
}

export const setCurrentWindow = (window: number): Code => [0x80 | window];
export const clearWindows = (...windows: readonly number[]): Code => [0x88, bitsOf(windows)];
export const displayWindows = (...windows: readonly number[]): Code => [0x89, bitsOf(windows)];
export const hideWindows = (...windows: readonly number[]): Code => [0x8a, bitsOf(windows)];
export const toggleWindows = (...windows: readonly number[]): Code => [0x8b, bitsOf(windows)];
export const deleteWindows = (...windows: readonly number[]): Code => [0x8c, bitsOf(windows)];
export const setPenLocation = (row: number, column: number): Code => [0x92, row, column];
export const setPenColor = (): Code => [0x91, 0x2a, 0x00, 0x00];
export const setPenStyle = (style: { readonly italics?: boolean; readonly underline?: boolean }): Code => [
  ...[0x90, 0x05, (style.italics ? 0x80 : 0) | (style.underline ? 0x40 : 0)],
];
/** 0 left, 1 right, 2 centred, 3 full. */
export const setJustification = (justify: number): Code => [0x97, 0, 0, justify, 0];
export const END_OF_TEXT: Code = [0x03];
export const BACKSPACE: Code = [0x08];
export const FORM_FEED: Code = [0x0c];
export const CARRIAGE_RETURN: Code = [0x0d];
export const HORIZONTAL_CARRIAGE_RETURN: Code = [0x0e];
export const RESET: Code = [0x8f];

/** Latin-1 and ♪ unchanged, some others from G2, the rest as characters of 16 bits. */
export function letters(text: string): Code[] {
  return [...text].map((letter) => {
    const code = letter.charCodeAt(0);
    const extended = EXTENDED_CHARACTERS[letter];
    if (letter === '♪') return [0x7f];
    if (extended !== undefined) return [0x10, extended];
    const isLatin = (code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff);
    return isLatin ? [code] : [0x18, code >>> 8, code & 0xff];
  });
}

/** Codes as blocks of a service; no code is divided. */
export function serviceBlocks(service: number, codes: readonly Code[]): Code[] {
  const blocks: number[][] = [];
  for (const code of codes) {
    const last = blocks.at(-1);
    if (last !== undefined && last.length + code.length <= MAX_BLOCK_BYTES) last.push(...code);
    else blocks.push([...code]);
  }
  return blocks.map((block) =>
    service > 6 ? [0xe0 | block.length, service, ...block] : [(service << 5) | block.length, ...block],
  );
}

/** A packet as it is carried in pictures, filled with a null block where necessary. */
export function packet(blocks: readonly Code[], sequence = 0): CaptionTriplet[] {
  const bytes = [0, ...blocks.flat()];
  if (bytes.length % 2 === 1) bytes.push(0);
  if (bytes.length > MAX_PACKET_BYTES) throw new RangeError(`a packet of ${bytes.length} bytes`);
  bytes[0] = ((sequence & 3) << 6) | ((bytes.length / 2) & 0x3f);
  return pairsOf(bytes);
}

/** A packet of one service. */
export function servicePacket(service: number, codes: readonly Code[], sequence = 0): CaptionTriplet[] {
  return packet(serviceBlocks(service, codes), sequence);
}

/** Any bytes as the pairs of a packet. */
export function pairsOf(bytes: readonly number[]): CaptionTriplet[] {
  return Array.from({ length: Math.ceil(bytes.length / 2) }, (_, at) => ({
    type: at === 0 ? 3 : 2,
    pair: ((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0),
  }));
}

/** One packet in each picture, numbered; pictures without codes have none. */
export function packetSequence(
  service: number,
  pictures: readonly (readonly Code[] | undefined)[],
): (CaptionTriplet[] | undefined)[] {
  let sequence = 0;
  return pictures.map((codes) => {
    if (codes === undefined) return undefined;
    sequence += 1;
    return servicePacket(service, codes, sequence);
  });
}

function bitsOf(windows: readonly number[]): number {
  return windows.reduce((bits, window) => bits | (1 << window), 0);
}
