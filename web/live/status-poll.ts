// Requests the stream's state by HTTP when the page's WebSocket does not work: `GET /api/v1/streams/:name` every three
// seconds.
import type { StatusMessage } from '../../server/stats/stats-message.ts';
import { withTokenQuery } from '../page/access-token.ts';
import type { ClockSample } from './clock-skew.ts';
import { denialIn, parseStreamDetail } from './server-message.ts';

const INTERVAL_MS = 3_000;
/** Spreads the requests of pages that lost the same server. */
const SPREAD_MS = 600;
const TIMEOUT_MS = 5_000;

export type StatusPollOptions = {
  /** Absolute address of the stream in the API. */
  readonly url: string;
  readonly name: string;
  readonly onStatus: (status: StatusMessage, clock: ClockSample | undefined) => void;
  /** The viewer has no access to the stream; `code` says why. */
  readonly onDenied: (code: string) => void;
  /** There was no answer, or one that is not from the gateway. */
  readonly onFailure: () => void;
};

/** Requests the state from `start` to `stop`, the first time immediately. */
export class StatusPoll {
  readonly #options: StatusPollOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts starts and stops, so that a late answer to an earlier round is recognised. */
  #round = 0;
  #isOn = false;

  constructor(options: StatusPollOptions) {
    this.#options = options;
  }

  /** Between `start` and `stop`. */
  get isOn(): boolean {
    return this.#isOn;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#round += 1;
    void this.#ask(this.#round);
  }

  /** Asks once, now. */
  ask(): void {
    if (this.#isOn) return;
    this.#round += 1;
    void this.#ask(this.#round, true);
  }

  stop(): void {
    this.#isOn = false;
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  async #ask(round: number, isOnce = false): Promise<void> {
    const answer = await fetchStatus(this.#options);
    if (round !== this.#round) return;
    if (answer === undefined) this.#options.onFailure();
    else if ('denial' in answer) this.#options.onDenied(answer.denial);
    else this.#options.onStatus(answer.status, answer.clock);
    const waitMs = INTERVAL_MS + (Math.random() - 0.5) * SPREAD_MS;
    if (round === this.#round && !isOnce) this.#timer = setTimeout(() => void this.#ask(round), waitMs);
  }
}

type Answer =
  | { readonly status: StatusMessage; readonly clock: ClockSample | undefined }
  | { readonly denial: string };

async function fetchStatus({ url, name }: StatusPollOptions): Promise<Answer | undefined> {
  const t0 = Date.now();
  try {
    const response = await fetch(withTokenQuery(url), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (isUnknownStream(response)) return { status: offline(name), clock: undefined };
    if (!response.ok && response.status !== 403) return undefined;
    const body: unknown = await response.json();
    const denial = denialIn(body);
    if (denial !== undefined) return { denial };
    const t3 = Date.now();
    const detail = parseStreamDetail(body);
    if (detail === undefined || detail.status.name !== name) return undefined;
    const { status, serverTime } = detail;
    const clock = serverTime === undefined ? undefined : { t0, t1: serverTime, t2: serverTime, t3 };
    return { status, clock };
  } catch {
    return undefined;
  }
}

/** The gateway itself sent the 404. A proxy that does not forward the API sends another page. */
function isUnknownStream(response: Response): boolean {
  const type = response.headers.get('content-type') ?? '';
  return response.status === 404 && type.startsWith('application/problem+json');
}

function offline(name: string): StatusMessage {
  return {
    op: 'status',
    name,
    state: 'offline',
    since: 0,
    viewers: 0,
    hls: `live/${name}/index.m3u8`,
  };
}
