// Why a stream could not be checked at all: a fault of the command line, or of what answers at the URL.

export class CannotCheck extends Error {
  /** Whether the command was written wrongly, so that its usage helps. */
  readonly isUsage: boolean;

  constructor(message: string, isUsage = false) {
    super(message);
    this.name = 'CannotCheck';
    this.isUsage = isUsage;
  }
}
