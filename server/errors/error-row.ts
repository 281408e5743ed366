// One row of the tables of errors in this folder: what was wrong, and what to do.

export type ErrorRow = {
  /** What was wrong, in general; a message that carries the offending value says it with that value. */
  readonly what: string;
  /** What to do about it. */
  readonly remedy: string;
};

export type ErrorTable = Readonly<Record<string, ErrorRow>>;
