// CEA-608 captions as encoders write them: byte pairs with odd parity, control codes sent twice (CEA-608, 47 CFR 15.119).

export type Line21Channel = 'CC1' | 'CC2' | 'CC3' | 'CC4';

/** A row of text: `line` 1 to 15, `indent` 0 to 28 columns in steps of 4. */
export type Line21Row = { readonly line: number; readonly indent?: number; readonly text: string };

export const PADDING_PAIR = 0x8080;

/** Preamble address codes by row: the first byte's low bits and the second byte's row bit. */
const ROW_CODES: readonly (readonly [number, number])[] = [
  ...([
    [0x11, 0x40],
    [0x11, 0x60],
    [0x12, 0x40],
    [0x12, 0x60],
    [0x15, 0x40],
  ] as const),
  ...([
    [0x15, 0x60],
    [0x16, 0x40],
    [0x16, 0x60],
    [0x17, 0x40],
    [0x17, 0x60],
  ] as const),
  ...([
    [0x10, 0x40],
    [0x13, 0x40],
    [0x13, 0x60],
    [0x14, 0x40],
    [0x14, 0x60],
  ] as const),
];
/** Characters of the basic set that replace ASCII ones. */
const BASIC_CHARACTERS: Readonly<Record<string, number>> = {
  á: 0x2a,
  é: 0x5c,
  í: 0x5e,
  ó: 0x5f,
  ú: 0x60,
  ç: 0x7b,
  '÷': 0x7c,
  Ñ: 0x7d,
  ñ: 0x7e,
  '█': 0x7f,
};

const COMMANDS = {
  resumeLoading: 0x20,
  backspace: 0x21,
  rollUp2: 0x25,
  rollUp3: 0x26,
  rollUp4: 0x27,
  resumeDirect: 0x29,
  textRestart: 0x2a,
  resumeText: 0x2b,
  eraseDisplayed: 0x2c,
  carriageReturn: 0x2d,
  eraseLoading: 0x2e,
  endOfCaption: 0x2f,
} as const;
export type Line21Command = keyof typeof COMMANDS;

/** A control code, twice as the standard requires. */
export function command(channel: Line21Channel, name: Line21Command): number[] {
  const first = 0x14 | (isField2(channel) ? 1 : 0) | channelBit(channel);
  return twice(first, COMMANDS[name]);
}

/** Preamble address code, white, twice. */
export function address(channel: Line21Channel, row: Pick<Line21Row, 'line' | 'indent'>): number[] {
  const [first, rowBit] = ROW_CODES[row.line - 1] ?? [0x14, 0x60];
  const indent = row.indent ?? 0;
  return twice(first | channelBit(channel), rowBit | 0x10 | ((indent / 4) << 1));
}

/** Mid-row code: italics, underline or neither; it replaces a space. */
export function midRow(channel: Line21Channel, style: 'plain' | 'underline' | 'italics'): number[] {
  return twice(0x11 | channelBit(channel), { plain: 0x20, underline: 0x21, italics: 0x2e }[style]);
}

/** Extended character of set 1 or 2, after the basic one that simple decoders show. */
export function extended(channel: Line21Channel, set: 1 | 2, code: number): number[] {
  return twice((set === 1 ? 0x12 : 0x13) | channelBit(channel), code);
}

/** Characters, two in a pair. */
export function characters(text: string): number[] {
  const codes = [...text].map((character) => BASIC_CHARACTERS[character] ?? character.charCodeAt(0));
  const pairs: number[] = [];
  for (let at = 0; at < codes.length; at += 2) pairs.push(withParity(codes[at] ?? 0, codes[at + 1] ?? 0));
  return pairs;
}

/** Loads rows without showing them, then shows them with the last pairs. */
export function popOn(channel: Line21Channel, rows: readonly Line21Row[]): number[] {
  return [
    ...command(channel, 'resumeLoading'),
    ...command(channel, 'eraseLoading'),
    ...rows.flatMap((row) => [...address(channel, row), ...characters(row.text)]),
    ...command(channel, 'endOfCaption'),
  ];
}

/** A new line at the bottom of two, shown letter by letter. */
export function rollUp(channel: Line21Channel, text: string): number[] {
  return [
    ...command(channel, 'rollUp2'),
    ...command(channel, 'carriageReturn'),
    ...address(channel, { line: 15 }),
    ...characters(text),
  ];
}

/** Two bytes with odd parity as one number. */
export function withParity(first: number, second: number): number {
  return (odd(first) << 8) | odd(second);
}

/** 0 for field 1, 1 for field 2. */
export function fieldOf(channel: Line21Channel): 0 | 1 {
  return isField2(channel) ? 1 : 0;
}

function twice(first: number, second: number): number[] {
  const pair = withParity(first, second);
  return [pair, pair];
}

function odd(byte: number): number {
  let ones = 0;
  for (let bit = 0; bit < 7; bit += 1) ones += (byte >> bit) & 1;
  return ones % 2 === 0 ? byte | 0x80 : byte;
}

function isField2(channel: Line21Channel): boolean {
  return channel === 'CC3' || channel === 'CC4';
}

function channelBit(channel: Line21Channel): number {
  return channel === 'CC2' || channel === 'CC4' ? 0x08 : 0;
}
