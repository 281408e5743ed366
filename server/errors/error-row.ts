// One row of the tables of errors in this folder: what was wrong, and what to do.

export type ErrorRow = {
  /** What was wrong, in general. A message with the wrong value replaces it. */
  readonly what: string;
  /** What to do. */
  readonly remedy: string;
};

export type ErrorTable = Readonly<Record<string, ErrorRow>>;
