// The last deliveries of all receivers, for the API. In memory only.

/** Some hundred bytes each. */
const MAX_DELIVERIES = 200;

/** One try. */
export type Delivery = {
  /** Id of the receiver. */
  readonly endpoint: string;
  /** `webhook-id` of the event. */
  readonly event: string;
  readonly type: string;
  readonly stream?: string;
  /** When it was sent, milliseconds since the Unix epoch. */
  readonly at: number;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly durationMs: number;
  /** `gone`: the receiver answered 410 and gets nothing more. */
  readonly result: 'delivered' | 'failed' | 'gone';
  /** Of the answer; absent if there was none. */
  readonly status?: number;
  /** Why it failed, in words. */
  readonly fault?: string;
  /** When it is tried again; absent after the last try. */
  readonly nextTryAt?: number;
};

export class DeliveryLog {
  readonly #deliveries: Delivery[] = [];

  /** Newest first. */
  list(): readonly Delivery[] {
    return this.#deliveries.toReversed();
  }

  add(delivery: Delivery): void {
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > MAX_DELIVERIES) this.#deliveries.shift();
  }
}
