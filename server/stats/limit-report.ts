// One limit of the gateway, for the API and metrics.

import type { LimitName, LimitUnit } from '../limit-tally.ts';

export type LimitReport = {
  readonly name: LimitName;
  /** Whether a setting of this name changes it. */
  readonly isSetting: boolean;
  readonly meaning: string;
  readonly unit: LimitUnit;
  /** Undefined if there is none. */
  readonly limit: number | undefined;
  /** How much of it is in use; undefined where nobody counts that, as for limits of each address. */
  readonly inUse: number | undefined;
  /** Since the start. */
  readonly timesMet: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastMetAt: number | undefined;
};
