// The table of viewers for operators: those who report, and those who are only counted by their requests. Addresses are truncated,
// so counted viewers of one network with one player are one row.

import type { ViewerRow } from './operator-message.ts';
import { playerName } from './player-name.ts';
import type { CountedViewers } from './viewer-count.ts';
import { viewerNetwork } from './viewer-network.ts';

/** A row is about 150 bytes, and nobody reads more. */
export const MAX_VIEWER_ROWS = 500;

export type ViewerTable = {
  readonly viewers: readonly ViewerRow[];
  /** Players that are in no row, because there are too many. */
  readonly moreViewers?: number;
};

type Label = Pick<ViewerRow, 'id' | 'player'> & { readonly network: string | undefined };
type CountedRow = Label & { count: number; since: number };

export class ViewerRows {
  readonly #labels = new WeakMap<object, Label>();
  #nextId = 1;

  /** The first rows of `all`. */
  table(measured: readonly ViewerRow[], counted: Iterable<CountedViewers>): ViewerTable {
    const all = this.all(measured, counted);
    const more = all.slice(MAX_VIEWER_ROWS).reduce((sum, { count }) => sum + count, 0);
    return { viewers: all.slice(0, MAX_VIEWER_ROWS), ...(more > 0 ? { moreViewers: more } : {}) };
  }

  /** Measured rows first; then counted ones, less those that report, the largest first. */
  all(measured: readonly ViewerRow[], counted: Iterable<CountedViewers>): readonly ViewerRow[] {
    const rows = new Map<string, CountedRow>();
    for (const viewers of counted) {
      const label = this.#labelOf(viewers);
      const key = keyOf(label);
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { ...label, count: viewers.count, since: viewers.since });
      else {
        row.count += viewers.count;
        row.since = Math.min(row.since, viewers.since);
      }
    }
    for (const reporter of measured) {
      const row = rows.get(keyOf(reporter));
      if (row !== undefined) row.count -= reporter.count;
    }
    const others = [...rows.values()]
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count);
    return [...measured, ...others.map(shown)];
  }

  #labelOf({ group, address, userAgent }: CountedViewers): Label {
    const known = this.#labels.get(group);
    if (known !== undefined) return known;
    const label = {
      id: `counted-${this.#nextId}`,
      player: playerName(userAgent),
      network: viewerNetwork(address),
    };
    this.#nextId += 1;
    this.#labels.set(group, label);
    return label;
  }
}

function keyOf({
  network,
  player,
}: {
  readonly network?: string | undefined;
  readonly player: string;
}): string {
  return `${network} ${player}`;
}

function shown({ id, player, network, count, since }: CountedRow): ViewerRow {
  return { id, player, kind: 'counted', count, ...(network === undefined ? {} : { network }), since };
}
