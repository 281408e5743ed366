// Which encoders publish, and for how long: the short form is for every day, the long one finds clocks that drift apart.

/** Minutes of the long form; 0 is the short one. */
export const LONG_MINUTES = readMinutes(process.env['SLUICE_TEST_ENCODER_MINUTES']);

/** Part of an encoder's name; empty for all of them. */
export const WANTED_NAME = process.env['SLUICE_TEST_ENCODER_ONLY'] ?? '';

/** Seconds that the page is watched. */
export const WATCH_S = LONG_MINUTES === 0 ? 20 : LONG_MINUTES * 60;

/** When sound against picture is measured, in seconds of watching. */
export const MEASURED_AT_S: readonly number[] =
  LONG_MINUTES === 0 ? [0, WATCH_S] : Array.from({ length: LONG_MINUTES + 1 }, (_, minute) => minute * 60);

function readMinutes(text: string | undefined): number {
  const minutes = Number(text ?? 0);
  if (Number.isInteger(minutes) && minutes >= 0) return minutes;
  throw new Error(`SLUICE_TEST_ENCODER_MINUTES is "${text}"; it must be a whole number of minutes`);
}
