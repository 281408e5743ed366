// Why a stream could not be checked: a fault in the command line or at the URL.

export class CannotCheck extends Error {
  /** The command line is wrong, so the usage is printed. */
  readonly isUsage: boolean;

  constructor(message: string, isUsage = false) {
    super(message);
    this.name = 'CannotCheck';
    this.isUsage = isUsage;
  }
}
