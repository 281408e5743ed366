// Numbers with units: durations, sizes and bitrates.

import { type Bounds, mustBe, type Reading, type Setting, scalar } from './setting.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
/** Timers of more than 24.8 days fire at once. */
const MAX_DURATION_MS = 24 * 3_600_000;
const MOST_SUGGESTED = 2;

type Units = readonly (readonly [unit: string, size: number])[];

type MeasureParts = {
  readonly defaultValue: number;
  readonly meaning: string;
  readonly form: string;
  readonly units: Units;
  /** The unit of a bare number, which is refused if this is absent. */
  readonly bareUnit?: string;
  /** Units that a bare number may have meant, the most probable first. */
  readonly meantUnits: readonly string[];
  readonly bounds: Bounds;
};

/** A number with a unit. It is shown in the largest unit that gives a whole number. */
function measure(parts: MeasureParts): Setting<number> {
  const { defaultValue, meaning, form, units, bareUnit, bounds } = parts;
  const { least, most } = bounds;
  const sizes = new Map(units);
  const names = units.map(([unit]) => unit).join('|');
  const isWritten = new RegExp(`^\\d{1,16}(?:\\.\\d{1,9})?(?:${names})?$`);
  const check = (given: unknown): Reading<number> => {
    if (!Number.isSafeInteger(given)) return mustBe(form);
    const value = given as number;
    if ((value >= least && value <= most) || (value === 0 && bounds.orZero === true))
      return { kind: 'value', value };
    return mustBe(bounds.why === undefined ? form : `${form}; ${bounds.why}`);
  };
  const sizeOf = (digits: string, unit: string): number =>
    Math.round(Number(digits) * (sizes.get(unit === '' ? (bareUnit ?? '') : unit) ?? 1));
  /** What a number without a unit may have meant; only what would be accepted is suggested. */
  const withoutUnit = (digits: string): Reading<number> => {
    const accepted = parts.meantUnits.filter((unit) => check(sizeOf(digits, unit)).kind === 'value');
    if (accepted.length === 0) return mustBe(form);
    const meant = accepted.slice(0, MOST_SUGGESTED).map((unit) => `${digits}${unit}`);
    return { kind: 'fault', fault: `did you mean ${meant.join(' or ')}?` };
  };
  const parse = (text: string): Reading<number> => {
    const written = text.trim();
    if (!isWritten.test(written)) return mustBe(form);
    const [, digits = '', unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(written) ?? [];
    const isTooSmall = bareUnit !== undefined && Number(digits) < least;
    if (unit === '' && Number(digits) !== 0 && (bareUnit === undefined || isTooSmall))
      return withoutUnit(digits);
    return check(sizeOf(digits, unit));
  };
  const takesZero = least === 0 || bounds.orZero === true;
  const numberSchemas = [
    ...(takesZero ? [{ type: 'integer', minimum: 0, maximum: 0 }] : []),
    ...(bareUnit === undefined ? [] : [{ type: 'integer', minimum: least, maximum: most }]),
  ];
  return scalar({
    defaultValue,
    form,
    meaning,
    parse,
    check,
    write: (value) => shown(value, units),
    textSchema: { type: 'string', pattern: isWritten.source },
    numberSchemas,
  });
}

function shown(value: number, units: Units): string {
  if (value === 0) return units === DURATION_UNITS ? '0s' : '0';
  const [unit, size] = units.findLast(([, each]) => value % each === 0) ?? ['', 1];
  return `${value / size}${unit}`;
}

const DURATION_UNITS: Units = [
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
];

/**
 * `200ms`, `2s`, `1.5s`, `1m`. A bare number is refused, because it could mean seconds or milliseconds.
 * A program gives a number of milliseconds, as everywhere in JavaScript.
 */
export function duration(
  defaultMs: number,
  meaning: string,
  bounds: {
    readonly minMs: number;
    readonly maxMs: number;
    readonly why?: string;
    readonly orZero?: boolean;
  } = {
    minMs: 1,
    maxMs: MAX_DURATION_MS,
  },
): Setting<number> {
  const { minMs, maxMs, why, orZero = false } = bounds;
  return measure({
    defaultValue: defaultMs,
    meaning,
    form: `a duration such as 200ms, 2s or 1m, from ${shown(minMs, DURATION_UNITS)} to ${shown(maxMs, DURATION_UNITS)}${orZero ? ', or 0s' : ''}`,
    units: DURATION_UNITS,
    meantUnits: ['s', 'ms', 'm', 'h'],
    bounds: { least: minMs, most: maxMs, orZero, ...(why === undefined ? {} : { why }) },
  });
}

const SIZE_UNITS: Units = [
  ['B', 1],
  ['KiB', KIB],
  ['MiB', MIB],
  ['GiB', GIB],
];

/**
 * `64MiB`, `512KiB`. A bare number is bytes. The least value of each setting is so high that a number meant as KiB or MiB is
 * refused.
 */
export function bytes(
  defaultBytes: number,
  meaning: string,
  { least, most, why, orZero = false }: Bounds = { least: KIB, most: Number.MAX_SAFE_INTEGER },
): Setting<number> {
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${shown(most, SIZE_UNITS)}`;
  return measure({
    defaultValue: defaultBytes,
    meaning,
    form: `a size such as 512KiB or 64MiB, from ${shown(least, SIZE_UNITS)}${upTo}${orZero ? ', or 0' : ''}`,
    units: SIZE_UNITS,
    bareUnit: 'B',
    meantUnits: ['KiB', 'MiB', 'GiB'],
    bounds: { least, most, orZero, ...(why === undefined ? {} : { why }) },
  });
}

const BITRATE_UNITS: Units = [
  ['bit', 1],
  ['kbit', 1_000],
  ['Mbit', 1_000_000],
  ['Gbit', 1_000_000_000],
];

/** `6Mbit`, `800kbit`; 0 for any. A bare number is refused, because encoders use kilobits. A program gives bits per second. */
export function bitrate(defaultBits: number, meaning: string): Setting<number> {
  return measure({
    defaultValue: defaultBits,
    meaning,
    form: 'bits per second such as 800kbit or 20Mbit, or 0 for any',
    units: BITRATE_UNITS,
    meantUnits: ['kbit', 'bit'],
    bounds: { least: 0, most: Number.MAX_SAFE_INTEGER },
  });
}
