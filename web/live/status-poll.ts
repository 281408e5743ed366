// The stream's state by HTTP, for pages whose WebSocket does not work: `GET /api/v1/streams/:name` every three seconds.
import type { StatusMessage } from '../../server/stats/stats-message.ts';
import type { ClockSample } from './clock-skew.ts';
import { parseStreamDetail } from './server-message.ts';

const INTERVAL_MS = 3_000;
/** Pages that lost the same server do not ask in the same instant. */
const SPREAD_MS = 600;
const TIMEOUT_MS = 5_000;

export type StatusPollOptions = {
  /** Absolute address of the stream in the API. */
  readonly url: string;
  readonly name: string;
  readonly onStatus: (status: StatusMessage, clock: ClockSample | undefined) => void;
  /** No answer, or one that is not the gateway's. */
  readonly onFailure: () => void;
};

/** Asks from `start` to `stop`; the first time at once. */
export class StatusPoll {
  readonly #options: StatusPollOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts starts and stops, so that an answer to an earlier one is recognised as late. */
  #round = 0;
  #isOn = false;

  constructor(options: StatusPollOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    this.#round += 1;
    void this.#ask(this.#round);
  }

  stop(): void {
    this.#isOn = false;
    this.#round += 1;
    clearTimeout(this.#timer);
  }

  async #ask(round: number): Promise<void> {
    const answer = await fetchStatus(this.#options);
    if (round !== this.#round) return;
    if (answer === undefined) this.#options.onFailure();
    else this.#options.onStatus(answer.status, answer.clock);
    const waitMs = INTERVAL_MS + (Math.random() - 0.5) * SPREAD_MS;
    if (round === this.#round) this.#timer = setTimeout(() => void this.#ask(round), waitMs);
  }
}

type Answer = { readonly status: StatusMessage; readonly clock: ClockSample | undefined };

async function fetchStatus({ url, name }: StatusPollOptions): Promise<Answer | undefined> {
  const t0 = Date.now();
  try {
    const response = await fetch(url, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (isUnknownStream(response)) return { status: offline(name), clock: undefined };
    if (!response.ok) return undefined;
    const body: unknown = await response.json();
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

/** Said by the gateway itself: the 404 of a proxy that does not pass the API on is a page of its own. */
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
