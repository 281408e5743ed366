// What a gateway keeps over a restart, behind an interface: files in a folder today, a store that machines share another day.

import type { z } from 'zod';

/** One kind of content: what it is called, the version of its form, and that form. */
export type StoreKind<Content> = {
  readonly name: string;
  /** Raised when an older program could not read what this one writes. */
  readonly format: number;
  readonly schema: z.ZodType<Content>;
};

export interface Store {
  /** What is kept of a kind; undefined when there is nothing. Rejects with GatewayError for what cannot be read. */
  read<Content>(kind: StoreKind<Content>): Promise<Content | undefined>;
  /**
   * Replaces what is kept of a kind by what `change` makes of it. Nobody else writes in between. When it resolves, the new
   * content survives a loss of power; when it rejects, the content before it is unharmed.
   * @returns the new content
   */
  update<Content>(
    kind: StoreKind<Content>,
    change: (present: Content | undefined) => Content,
  ): Promise<Content>;
}
