// A viewer's choice, stored on this device. In a sandboxed frame storage throws: then the choice is lost with the page.

/** One choice, stored under `name`. */
export class StoredChoice {
  readonly #key: string;
  #value: string | undefined;

  constructor(name: string) {
    this.#key = `sluice.${name}`;
    try {
      this.#value = window.localStorage.getItem(this.#key) ?? undefined;
    } catch {
      this.#value = undefined;
    }
  }

  /** Undefined until a choice was made. */
  get value(): string | undefined {
    return this.#value;
  }

  /** As chosen, for this page only. */
  assume(value: string | undefined): void {
    this.#value = value;
  }

  /** Stores the choice; undefined for the default. */
  choose(value: string | undefined): void {
    this.#value = value;
    try {
      if (value === undefined) window.localStorage.removeItem(this.#key);
      else window.localStorage.setItem(this.#key, value);
    } catch {
      // Storage is refused or full.
    }
  }
}
