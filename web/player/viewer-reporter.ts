// Sends what the player measures to the gateway of this page, unless the browser asks not to be tracked. Nothing is stored: the
// session is random and lasts as long as the page.
import { type MeasuredFacts, ViewerMeasure } from './viewer-measure.ts';

/** Changes in quick succession are sent together. */
const LEAST_GAP_MS = 1_000;
/** While the gateway cannot be reached the newest lines are kept. */
const MAX_LINES = 20;
const SESSION_BYTES = 16;
/** CTA-5004-B: the gateway wants no reports. */
const GONE = 410;

/** Global Privacy Control, and its predecessor. */
type PrivacySignals = { readonly globalPrivacyControl?: boolean; readonly doNotTrack?: string | null };

export class ViewerReporter {
  readonly #measure: ViewerMeasure;
  readonly #isAllowed = !wantsPrivacy(navigator);
  #lines: readonly string[] = [];
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #last: { readonly url: string; readonly facts: MeasuredFacts } | undefined;
  #isOver = false;

  constructor(name: string) {
    this.#measure = new ViewerMeasure(randomSession(), name);
    window.addEventListener('pagehide', () => this.#quit());
  }

  /** Call this at every change, and a few times a second. Without `url` the gateway takes no reports. */
  look(url: string | undefined, facts: MeasuredFacts): void {
    if (url === undefined || !this.#isAllowed || this.#isOver) return;
    const nowMs = performance.now();
    this.#last = { url, facts };
    this.#keep(this.#measure.look(nowMs, Date.now(), facts));
    if (this.#lines.length > 0 && nowMs - this.#sentAtMs >= LEAST_GAP_MS) this.#send(url, nowMs);
  }

  #quit(): void {
    if (this.#last === undefined) return;
    const nowMs = performance.now();
    this.#keep(this.#measure.quit(nowMs, Date.now(), this.#last.facts));
    if (this.#lines.length > 0) this.#send(this.#last.url, nowMs);
    this.#last = undefined;
  }

  #keep(lines: readonly string[]): void {
    this.#lines = [...this.#lines, ...lines].slice(-MAX_LINES);
  }

  #send(url: string, nowMs: number): void {
    const lines = this.#lines;
    this.#lines = [];
    this.#sentAtMs = nowMs;
    // `keepalive`: the last report is sent although its page is gone.
    fetch(url, {
      method: 'POST',
      body: lines.join('\n'),
      headers: { 'content-type': 'application/cmcd' },
      credentials: 'omit',
      keepalive: true,
      referrerPolicy: 'no-referrer',
    })
      .then(({ status }) => {
        this.#isOver ||= status === GONE;
      })
      .catch(() => {
        this.#lines = [...lines, ...this.#lines].slice(-MAX_LINES);
      });
  }
}

function wantsPrivacy({ globalPrivacyControl, doNotTrack }: PrivacySignals): boolean {
  return globalPrivacyControl === true || doNotTrack === '1';
}

/** `crypto.randomUUID` is missing on pages without TLS. */
function randomSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** How much is buffered after the position, in milliseconds. */
export function bufferedMs({ buffered, currentTime }: HTMLVideoElement): number {
  for (let at = 0; at < buffered.length; at += 1) {
    if (buffered.start(at) <= currentTime && currentTime < buffered.end(at))
      return (buffered.end(at) - currentTime) * 1000;
  }
  return 0;
}
