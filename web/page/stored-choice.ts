// What a viewer has chosen on this device. In a sandboxed frame storage throws: then a choice lasts as long as the page.

/** One choice, kept under `name`. */
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

  /** Undefined until something was chosen. */
  get value(): string | undefined {
    return this.#value;
  }

  /** Undefined for the default. */
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
