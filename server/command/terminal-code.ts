// A QR code (ISO/IEC 18004) for a terminal: two modules in one character, black on white whatever the colours of the terminal are.

import qrcode from 'qrcode-generator';

/** Modules of white around the code. The standard asks for four; cameras need two. */
const QUIET = 2;
const BLACK_ON_WHITE = '\u001b[30;107m';
const RESET = '\u001b[0m';
/** By the colour of the upper and the lower module. */
const HALVES = { none: ' ', upper: '▀', lower: '▄', both: '█' } as const;

export type TerminalCode = {
  readonly lines: readonly string[];
  /** Characters of each line, without colours. */
  readonly width: number;
};

/** The code of an address. */
export function terminalCode(text: string): TerminalCode {
  // The type number 0 takes the smallest that fits; L is enough for a screen.
  const code = qrcode(0, 'L');
  code.addData(text);
  code.make();
  const count = code.getModuleCount();
  const isDark = (row: number, column: number): boolean =>
    row >= 0 && row < count && column >= 0 && column < count && code.isDark(row, column);
  const lines: string[] = [];
  for (let row = -QUIET; row < count + QUIET; row += 2) {
    let line = '';
    for (let column = -QUIET; column < count + QUIET; column += 1)
      line += halfBlock(isDark(row, column), isDark(row + 1, column));
    lines.push(`${BLACK_ON_WHITE}${line}${RESET}`);
  }
  return { lines, width: count + 2 * QUIET };
}

function halfBlock(upper: boolean, lower: boolean): string {
  if (upper) return lower ? HALVES.both : HALVES.upper;
  return lower ? HALVES.lower : HALVES.none;
}
