// The geometry of a sparkline.

/** One value a second, for a minute. */
export const SPARK_POINTS = 60;
/** A shorter history is spread over this many points, so that a page that has just opened shows a line soon. */
const LEAST_POINTS = 20;
/** Above the highest value, as a part of the height. */
const HEADROOM = 0.15;

/** Points of the line, from the right end, one step apart; the lowest value is 0. */
export function sparkPoints(
  values: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
): readonly (readonly [x: number, y: number])[] {
  const top = Math.max(1e-9, ...values) * (1 + HEADROOM);
  const step = width / (Math.max(LEAST_POINTS, values.length) - 1);
  return values.map((value, at) => [
    width - (values.length - 1 - at) * step,
    height - 1 - (Math.max(0, value) / top) * (height - 2),
  ]);
}
