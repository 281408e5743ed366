// The interface for data that is kept over a restart. `folder-store.ts` implements it with files.

import type { z } from 'zod';
import type { FaultLog } from '../guard.ts';

/** One kind of content: its name, the version of its format, and its schema. */
export type StoreKind<Content> = {
  readonly name: string;
  /** Increased when an older version could not read the content. */
  readonly format: number;
  /** Made at the first read, because most gateways have no folder. */
  readonly schema: () => z.ZodType<Content>;
  /**
   * A damaged file is renamed, the log says so, and the gateway goes on without it. Only for content without which nothing that
   * was closed is open. By default a damaged file is a fault.
   */
  readonly isSetAside?: boolean;
};

/** What was appended to a journal. Numbers grow. */
export type JournalEntry = { readonly number: number; readonly value: unknown };

/** Changes of one kind since it was last written. They are kept at once, so that a killed gateway loses none. */
export interface Journal {
  /** What was there when it was opened, oldest first. */
  readonly entries: readonly JournalEntry[];
  /** Keeps a value. When it returns, a kill of the process does not lose it. A fault is logged. */
  append(value: unknown): void;
  /** Call it when the content is taken that `update` will write. @returns the number of the last entry in it */
  seal(): number;
  /** `update` has written the content of the last `seal`. */
  drop(): void;
  close(): void;
}

export interface Store {
  /** The content of a kind; undefined if there is none. Rejects with GatewayError if it cannot be read. */
  read<Content>(kind: StoreKind<Content>): Promise<Content | undefined>;
  /**
   * Replaces the content of a kind by the result of `change`. Nobody else writes meanwhile. When it resolves, the new content
   * survives a loss of power; when it rejects, the old content is unchanged.
   * @returns the new content
   */
  update<Content>(
    kind: StoreKind<Content>,
    change: (present: Content | undefined) => Content,
  ): Promise<Content>;
  /** The journal of a kind; new entries have numbers above `after`. Only one process may have it open. */
  journal(kind: StoreKind<unknown>, after: number, log: FaultLog): Promise<Journal>;
}
