// The interface for data that is kept over a restart. `folder-store.ts` implements it with files.

import type { z } from 'zod';

/** One kind of content: its name, the version of its format, and its schema. */
export type StoreKind<Content> = {
  readonly name: string;
  /** Increased when an older version could not read the content. */
  readonly format: number;
  /** Made at the first read, because most gateways have no folder. */
  readonly schema: () => z.ZodType<Content>;
};

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
}
