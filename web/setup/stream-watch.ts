// What the set-up page follows of the chosen name on one WebSocket: its state, and for operators refused encoders and the doctor.
import type { Issue, RejectedAttempt, StreamCard } from '../../server/stats/operator-message.ts';
import type { StatusMessage } from '../../server/stats/stats-message.ts';
import { type Follow, LiveSocket } from '../live/live-socket.ts';
import { denialIn, isDenial, parseStreamDetail } from '../live/server-message.ts';
import { socketUrl, statusUrl } from '../page/gateway-urls.ts';

/** Refusals that are kept here; the dashboard has more. */
const MAX_REJECTED = 50;
const TIMEOUT_MS = 8_000;
/** A WebSocket opens in a second or two, or not at all. */
const PATIENCE_MS = 5_000;
/** With another token this visitor may be an operator: the dashboard asks for it. */
const TOKEN_NEEDED = 'admin_token_needed';

export type WatchedFacts = {
  readonly isReachable: boolean | undefined;
  readonly status: StatusMessage | undefined;
  readonly isClosed: boolean;
  /** Refused encoders of all names. */
  readonly rejected: readonly RejectedAttempt[];
  readonly issues: readonly Issue[];
  readonly encoder: string | undefined;
  /** The id of the newest running test with a key of this name. Only operators know it, and only while tests are followed. */
  readonly testId: string | undefined;
  /** Whether the dashboard is for this visitor. */
  readonly isOperator: boolean;
  /** The gateway's clock. */
  readonly nowMs: number;
};

export class StreamWatch {
  readonly #root: string;
  readonly #onChange: () => void;
  readonly #socket: LiveSocket;
  #name: string | undefined;
  #follows: readonly Follow[] = [];
  #isSocketUp: boolean | undefined;
  #isHttpUp: boolean | undefined;
  #status: StatusMessage | undefined;
  #isClosed = false;
  #rejected: readonly RejectedAttempt[] = [];
  #issues: ReadonlyMap<string, Issue> = new Map();
  #encoder: string | undefined;
  #isOperator = false;
  #tests: readonly StreamCard[] = [];
  #followsTests: Follow | undefined;
  #mayAskDetail = true;
  #downSinceMs = performance.now();

  constructor(root: string, onChange: () => void) {
    this.#root = root;
    this.#onChange = onChange;
    this.#socket = new LiveSocket({
      url: socketUrl(root),
      onLink: (isUp) => {
        this.#isSocketUp = isUp;
        this.#isHttpUp = undefined;
        onChange();
      },
    });
    this.#followServer();
  }

  get facts(): WatchedFacts {
    return {
      isReachable: this.#isSocketUp === true ? true : this.#isHttpUp,
      status: this.#status,
      isClosed: this.#isClosed,
      rejected: this.#rejected,
      issues: [...this.#issues.values()],
      encoder: this.#encoder,
      testId: this.#tests.findLast(({ testOf }) => testOf === this.#name)?.name,
      isOperator: this.#isOperator,
      nowMs: Date.now() + (this.#socket.skewMs ?? 0),
    };
  }

  /** Follows another name. */
  watch(name: string): void {
    if (name === this.#name) return;
    for (const follow of this.#follows) follow.stop();
    this.#name = name;
    this.#status = undefined;
    this.#isClosed = false;
    this.#issues = new Map();
    this.#encoder = undefined;
    this.#follows = [this.#followStatus(name), ...(this.#mayAskDetail ? [this.#followDetail(name)] : [])];
  }

  /** Follows the running tests, or no longer. They come in the list of all streams, which is large: only a page that tests asks for it. */
  watchTests(isOn: boolean): void {
    this.#followsTests?.stop();
    this.#followsTests = undefined;
    this.#tests = [];
    if (!isOn) return;
    this.#followsTests = this.#socket.follow('streams', {
      onMessage: ({ streams }) => {
        this.#tests = streams
          .filter(({ testOf }) => testOf !== undefined)
          .toSorted((a, b) => a.since - b.since);
        this.#onChange();
      },
      // Visitors who are not operators get no list, and the page shows no link.
      onError: () => undefined,
    });
  }

  /** Asks by HTTP, where no WebSocket opens. Call this every few seconds. */
  async ask(): Promise<void> {
    const name = this.#name;
    const nowMs = performance.now();
    if (this.#isSocketUp === true) this.#downSinceMs = nowMs;
    if (nowMs - this.#downSinceMs < PATIENCE_MS || name === undefined) return;
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await fetch(statusUrl(this.#root, name), { signal });
      const body: unknown = await response.json();
      if (name !== this.#name) return;
      // A name that nobody publishes is not found.
      this.#isHttpUp = response.status < 500;
      this.#status = response.ok ? parseStreamDetail(body)?.status : undefined;
      this.#isClosed = denialIn(body) !== undefined;
    } catch {
      this.#isHttpUp = false;
    }
    this.#onChange();
  }

  #followStatus(name: string): Follow {
    return this.#socket.follow('status', {
      name,
      onMessage: (status) => {
        this.#status = status;
        this.#isClosed = false;
        this.#onChange();
      },
      onError: ({ code }) => {
        this.#isClosed = isDenial(code);
        this.#onChange();
      },
    });
  }

  #followServer(): void {
    this.#socket.follow('server', {
      onMessage: (message) => {
        if (message.op === 'server') return;
        this.#isOperator = true;
        this.#rejected =
          message.op === 'rejected'
            ? [message.rejected, ...this.#rejected].slice(0, MAX_REJECTED)
            : message.rejected;
        this.#onChange();
      },
      onError: ({ code }) => {
        this.#isOperator = code === TOKEN_NEEDED;
        this.#mayAskDetail = false;
        this.#onChange();
      },
    });
  }

  #followDetail(name: string): Follow {
    return this.#socket.follow('detail', {
      name,
      onMessage: (message) => {
        if (message.op === 'snapshot' || message.op === 'detail') {
          // The worst first, with what was measured in this second.
          this.#issues = new Map(message.health.issues.map((issue) => [issue.code, issue]));
          this.#encoder = message.card.encoder;
        } else if (message.op === 'issue') {
          const issues = new Map(this.#issues);
          if (message.cleared === true) issues.delete(message.issue.code);
          else issues.set(message.issue.code, message.issue);
          this.#issues = issues;
        } else return;
        this.#onChange();
      },
      // Visitors who are no operators, and gateways that are older.
      onError: () => undefined,
    });
  }
}
