// When a webhook is sent again: Standard Webhooks 1.0.0, clause "Deliverability and reliability", asks for retries over days with jitter.

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** The delay before each retry; 27 hours in all. */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  MINUTE_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  10 * HOUR_MS,
];
/** Receivers of many gateways come back at the same time, and must not get all retries at once. */
const JITTER = 0.1;

/** Undefined after the last try. `random` is from 0 to 1. */
export function retryDelayMs(failedTries: number, random: number): number | undefined {
  const delayMs = RETRY_DELAYS_MS[failedTries - 1];
  return delayMs === undefined ? undefined : Math.round(delayMs * (1 + JITTER * (2 * random - 1)));
}
