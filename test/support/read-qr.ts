// Reads a QR code (ISO/IEC 18004) out of its modules, without the library that made it: byte mode, one block of data, no damage.
// That is every code at level L with at most 106 bytes (versions 1 to 5).

type Modules = readonly (readonly boolean[])[];

const LARGEST_VERSION = 5;
/** XORed with the format information, so that it is never all light. */
const FORMAT_MASK = 0b101_0100_0001_0010;
const LEVEL_L = 0b01;
const BYTE_MODE = 0b0100;

/** Clause "Data mask patterns": the modules that a mask inverts. */
const MASKS: readonly ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_row, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => (Math.floor(row / 2) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/** The text; `modules` are dark where true, without the quiet zone. Throws for anything but such a code. */
export function readQr(modules: Modules): string {
  const version = (modules.length - 17) / 4;
  if (!Number.isInteger(version) || version < 1 || version > LARGEST_VERSION)
    throw new Error(`${modules.length} modules are no code of version 1 to ${LARGEST_VERSION}`);
  const format = formatOf(modules) ^ FORMAT_MASK;
  if (format >> 13 !== LEVEL_L) throw new Error(`the level is ${format >> 13}, not L`);
  const bits = dataBits(modules, MASKS[(format >> 10) & 0b111]);
  const take = (count: number): number =>
    bits.splice(0, count).reduce((sum, bit) => sum * 2 + Number(bit), 0);
  const mode = take(4);
  if (mode !== BYTE_MODE) throw new Error(`the mode is ${mode}, not bytes`);
  const length = take(8);
  return Buffer.from(Array.from({ length }, () => take(8))).toString('utf8');
}

/** The 15 bits around the finder pattern at the top left, the most significant first. */
function formatOf(modules: Modules): number {
  const places = [
    ...[0, 1, 2, 3, 4, 5, 7, 8].map((column) => [8, column] as const),
    ...[7, 5, 4, 3, 2, 1, 0].map((row) => [row, 8] as const),
  ];
  return places.reduce((sum, [row, column]) => sum * 2 + Number(modules[row]?.[column] === true), 0);
}

/** In pairs of columns from the right, up and down in turn; the column of the timing pattern is left out. */
function dataBits(modules: Modules, isInverted: (typeof MASKS)[number] | undefined): boolean[] {
  const size = modules.length;
  const bits: boolean[] = [];
  let isUp = true;
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step += 1) {
      const row = isUp ? size - 1 - step : step;
      for (const column of [right, right - 1]) {
        if (isFunction(row, column, size)) continue;
        bits.push((modules[row]?.[column] === true) !== (isInverted?.(row, column) === true));
      }
    }
    isUp = !isUp;
  }
  return bits;
}

/** Finder patterns with the format information beside them, timing patterns, and the one alignment pattern. */
function isFunction(row: number, column: number, size: number): boolean {
  if (row === 6 || column === 6) return true;
  if ((row < 9 && column < 9) || (row < 9 && column >= size - 8) || (row >= size - 8 && column < 9))
    return true;
  return size > 21 && Math.abs(row - (size - 7)) <= 2 && Math.abs(column - (size - 7)) <= 2;
}
