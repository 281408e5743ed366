// Whether the viewer's own device has lost its network. The browser's word alone is not enough: a gateway on the same machine,
// or in a network without an address, can be reached although `navigator.onLine` is false (HTML clause 8.9.1.6).

const TIMEOUT_MS = 3_000;
const AGAIN_MS = 3_000;

export class DeviceNetwork {
  readonly #probeUrl: string;
  readonly #onChange: () => void;
  #isOffline = false;
  #timer: number | undefined;

  /** `probeUrl` is a small address of the gateway. */
  constructor(probeUrl: string, onChange: () => void) {
    this.#probeUrl = probeUrl;
    this.#onChange = onChange;
    window.addEventListener('offline', () => void this.#look());
    window.addEventListener('online', () => void this.#look());
    if (!navigator.onLine) void this.#look();
  }

  /** The browser reports no network, and the last request failed. */
  get isOffline(): boolean {
    return this.#isOffline;
  }

  /** Asks again and again while the browser reports no network. */
  async #look(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#timer = undefined;
    const isOffline = !navigator.onLine && !(await this.#isReached());
    const hasChanged = isOffline !== this.#isOffline;
    this.#isOffline = isOffline && !navigator.onLine;
    if (!navigator.onLine) this.#timer = window.setTimeout(() => void this.#look(), AGAIN_MS);
    if (hasChanged) this.#onChange();
  }

  async #isReached(): Promise<boolean> {
    try {
      await fetch(this.#probeUrl, { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
      return true;
    } catch {
      return false;
    }
  }
}
