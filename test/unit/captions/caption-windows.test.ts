import { describe, expect, it } from 'vitest';
import {
  BACKSPACE,
  CARRIAGE_RETURN,
  type Code,
  defineWindow,
  deleteWindows,
  displayWindows,
  FORM_FEED,
  HORIZONTAL_CARRIAGE_RETURN,
  letters,
  setCurrentWindow,
  setJustification,
  setPenColor,
  setPenLocation,
  setPenStyle,
} from '../../cases/captions-dtvcc.ts';
import { linesAfter, rowsAfter, show, textsAfter, VISIBLE } from '../../support/read-service.ts';

describe('text in a window', () => {
  it('goes where the pen is, row by row, over what is there', () => {
    expect(
      textsAfter(VISIBLE, setPenLocation(1, 0), ...letters('LOW'), setPenLocation(0, 0), ...letters('TOP')),
    ).toEqual(['TOP', 'LOW']);
    expect(
      textsAfter(
        VISIBLE,
        setPenLocation(0, 6),
        ...letters('WORLD'),
        setPenLocation(0, 0),
        ...letters('HELLO'),
      ),
    ).toEqual(['HELLO WORLD']);
    expect(textsAfter(VISIBLE, ...letters('HELLO'), setPenLocation(0, 0), ...letters('J'))).toEqual([
      'JELLO',
    ]);
    expect(textsAfter(VISIBLE, ...letters('UNTIL'), setPenLocation(0, 9), ...letters('HERE'))).toEqual([
      'UNTIL    HERE',
    ]);
  });

  it('obeys backspace, form feed and both carriage returns', () => {
    expect(
      textsAfter(
        VISIBLE,
        ...letters('HELP'),
        BACKSPACE,
        ...letters('L'),
        BACKSPACE,
        BACKSPACE,
        ...letters('Y'),
      ),
    ).toEqual(['HEY']);
    expect(textsAfter(VISIBLE, BACKSPACE, ...letters('A'))).toEqual(['A']);
    expect(textsAfter(VISIBLE, ...letters('ABC'), setPenLocation(0, 2), BACKSPACE)).toEqual(['A C']);
    expect(
      textsAfter(
        VISIBLE,
        ...letters('ONE'),
        CARRIAGE_RETURN,
        ...letters('TWO'),
        FORM_FEED,
        ...letters('NEW'),
      ),
    ).toEqual(['NEW']);
    expect(
      textsAfter(
        VISIBLE,
        ...letters('ONE'),
        CARRIAGE_RETURN,
        ...letters('TWO'),
        HORIZONTAL_CARRIAGE_RETURN,
        ...letters('NEW'),
      ),
    ).toEqual(['ONE', 'NEW']);
  });

  it('keeps its italics and underlines, and no colours', () => {
    const italics = setPenStyle({ italics: true });
    expect(
      textsAfter(
        VISIBLE,
        setPenColor(),
        ...letters('LA '),
        italics,
        ...letters('MÜ'),
        setPenStyle({}),
        ...letters('!'),
      ),
    ).toEqual(['LA <i>MÜ</i>!']);
    expect(textsAfter(VISIBLE, italics, ...letters('A'), CARRIAGE_RETURN, ...letters('B'))).toEqual([
      '<i>A',
      '<i>B',
    ]);
    expect(textsAfter(VISIBLE, setPenStyle({ underline: true }), ...letters('LINE'), BACKSPACE)).toEqual([
      '<u>LIN',
    ]);
    expect(
      textsAfter(VISIBLE, italics, defineWindow(0, { isVisible: true, penStyle: 1 }), ...letters('PLAIN')),
    ).toEqual(['PLAIN']);
  });

  it('reads characters of every set', () => {
    expect(textsAfter(VISIBLE, ...letters('♪ MAÑANA… Š™⅜ ¿Qué? 가각 Ω'))).toEqual([
      '♪ MAÑANA… Š™⅜ ¿Qué? 가각 Ω',
    ]);
    expect(
      textsAfter(VISIBLE, [0x10, 0xa0], [0x10, 0x22], [0x10, 0xa1], [0x18, 0, 0x0a], ...letters('A')),
    ).toEqual(['[CC]__A']);
  });

  it('passes over codes that it does not know, with all their bytes', () => {
    const unknown: Code[] = [
      [0x11, 0x58],
      [0x19, 0x58, 0x58],
      [0x93],
      [0x10, 0x0f, 0x58],
      [0x10, 0x87, 0x58, 0x58, 0x58, 0x58],
      [0x8d, 0x58],
      [0x8e],
    ];
    expect(textsAfter(VISIBLE, ...letters('A'), ...unknown, ...letters('B'))).toEqual(['AB']);
  });
});

describe('windows', () => {
  it.each([
    ['at the top', { vertical: 0, anchorPoint: 0, rows: 1 }, 1, 10],
    ['at the bottom', { vertical: 74, anchorPoint: 6, rows: 1 }, 15, 10],
    ['in the middle', { vertical: 37, horizontal: 105, anchorPoint: 4, rows: 1, columns: 2 }, 8, 48.1],
    ['in a corner', { vertical: 74, horizontal: 209, anchorPoint: 8, rows: 1, columns: 4 }, 15, 82],
    ['by percent', { isRelative: true, vertical: 50, horizontal: 50, anchorPoint: 0, rows: 1 }, 9, 50],
    ['by percent from below', { isRelative: true, vertical: 99, anchorPoint: 7, rows: 3 }, 13, 10],
    ['outside', { vertical: 127, horizontal: 255, anchorPoint: 0 }, 15, 86.19],
    ['above', { vertical: 0, anchorPoint: 8 }, 1, 10],
    ['nowhere that is defined', { vertical: 20, horizontal: 20, anchorPoint: 15 }, 5, 17.62],
  ] as const)('stand %s', (_name, definition, line, position) => {
    const [row] = rowsAfter(defineWindow(0, { ...definition, isVisible: true }), ...letters('AB'));
    expect(row).toMatchObject({ line, text: 'AB' });
    expect(row?.position).toBeCloseTo(position, 1);
  });

  it('put text on the left, in the middle or on the right, and where the pen was', () => {
    const at = (...codes: readonly Code[]): number | undefined =>
      rowsAfter(defineWindow(0, { isVisible: true, columns: 42 }), ...codes, ...letters('AB'))[0]?.position;
    expect(at()).toBeCloseTo(10);
    expect(at(setPenLocation(0, 21))).toBeCloseTo(50);
    expect(at(setJustification(2))).toBeCloseTo(48.1, 1);
    expect(at(setJustification(1))).toBeCloseTo(86.19, 1);
    expect(at(setJustification(1), setJustification(0))).toBeCloseTo(10);
    expect(at(defineWindow(0, { isVisible: true, columns: 42, windowStyle: 3 }))).toBeCloseTo(48.1, 1);
    expect(at(setJustification(2), defineWindow(0, { isVisible: true, windowStyle: 1 }))).toBeCloseTo(10);
  });

  it('are read from the top, whatever their numbers', () => {
    expect(
      linesAfter(
        defineWindow(0, { isVisible: true, vertical: 75, rows: 1 }),
        ...letters('LOW'),
        defineWindow(1, { isVisible: true, vertical: 0, anchorPoint: 0, rows: 1 }),
        ...letters('HIGH'),
        setCurrentWindow(0),
        ...letters('ER'),
      ),
    ).toEqual(['1 HIGH', '15 LOWER']);
  });

  it('beside each other are read one after the other', () => {
    expect(
      linesAfter(
        defineWindow(0, { isVisible: true, horizontal: 120, columns: 12 }),
        ...letters('RIGHT'),
        CARRIAGE_RETURN,
        ...letters('HAND'),
        defineWindow(1, { isVisible: true, columns: 12 }),
        ...letters('LEFT'),
        CARRIAGE_RETURN,
        ...letters('SIDE'),
      ),
    ).toEqual(['12 LEFT', '13 SIDE', '14 RIGHT', '15 HAND']);
  });

  it('show no more rows than a screen has', () => {
    const full = Array.from({ length: 4 }, (_, at) => [
      defineWindow(at, { isVisible: true, rows: 16, vertical: 0, anchorPoint: 0 }),
      ...Array.from({ length: 16 }, (_, row) => [...letters(`${row}`), CARRIAGE_RETURN]).flat(),
    ]);
    const rows = show(...full).at(-1)?.rows ?? [];
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 15 }, (_, at) => at + 1));
  });

  it('that nobody has defined take no commands and no text', () => {
    expect(textsAfter(...letters('LOST'), displayWindows(0, 1, 2, 3), VISIBLE, ...letters('A'))).toEqual([
      'A',
    ]);
    expect(
      textsAfter(VISIBLE, ...letters('A'), setCurrentWindow(4), ...letters('B'), displayWindows(4)),
    ).toEqual(['AB']);
    expect(textsAfter(VISIBLE, deleteWindows(0), ...letters('LOST'), displayWindows(0))).toEqual([]);
  });
});
