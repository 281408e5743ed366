// How much values differ: the standard deviation, divided by their mean.

/** Both are 0 for no values. */
export function meanAndVariation(values: readonly number[]): {
  readonly mean: number;
  readonly variation: number;
} {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = values.length === 0 ? 0 : sum / values.length;
  if (mean <= 0) return { mean, variation: 0 };
  let squares = 0;
  // A product, because the power operator calls a function of the C library for each value.
  for (const value of values) squares += (value - mean) * (value - mean);
  return { mean, variation: Math.sqrt(squares / values.length) / mean };
}
