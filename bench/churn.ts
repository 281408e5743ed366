// A process of publishers that come and go: each streams for a while, leaves with or without saying so, and comes back.

import { readClip } from './media-clip.ts';
import { wireClip } from './wire-clip.ts';
import { WirePublisher } from './wire-publisher.ts';
import { answerCalls } from './worker.ts';

export type ChurnCalls = {
  readonly start: {
    readonly request: { readonly clipFile: string; readonly port: number; readonly publishers: number };
    readonly reply: undefined;
  };
  /** Since the start. */
  readonly take: {
    readonly request: undefined;
    readonly reply: {
      readonly publications: number;
      readonly live: number;
      /** Refused, or closed by the gateway. */
      readonly lost: number;
    };
  };
};

type Slot = { name: number; publisher: WirePublisher | undefined; isOpen: boolean; untilMs: number };

const TICK_MS = 10;
/** A publication lasts for one of these times, and the next one of its place begins after a pause. */
const STAYS_MS = [5_000, 8_000, 13_000, 21_000, 34_000];
const PAUSES_MS = [500, 2_000, 5_000];
/** Every third publication has a new name, every second one ends without a word. */
const NEW_NAME_EVERY = 3;
const SILENT_EVERY = 2;

const slots: Slot[] = [];
let publications = 0;
let names = 0;
let lost = 0;

answerCalls<ChurnCalls>({
  start: ({ clipFile, port, publishers }) => {
    const clip = readClip(clipFile);
    const wire = wireClip(clip);
    const nowMs = performance.now();
    for (let at = 0; at < publishers; at += 1) {
      const untilMs = nowMs + (at * (STAYS_MS[0] ?? 0)) / publishers;
      slots.push({ name: names++, publisher: undefined, isOpen: false, untilMs });
    }
    const publish = (slot: Slot): WirePublisher => {
      publications += 1;
      const publisher = new WirePublisher({ port, name: `churn-${slot.name}` }, wire);
      publisher.started.then(
        () => {
          publisher.open(clip.metadata, performance.now());
          slot.isOpen = true;
        },
        () => {
          lost += 1;
        },
      );
      return publisher;
    };
    setInterval(() => {
      for (const slot of slots) play(slot, performance.now(), publish);
    }, TICK_MS);
    return undefined;
  },
  take: () => ({ publications, live: slots.filter(({ isOpen }) => isOpen).length, lost }),
});

function play(slot: Slot, nowMs: number, publish: (slot: Slot) => WirePublisher): void {
  const { publisher } = slot;
  if (publisher === undefined) {
    if (nowMs < slot.untilMs) return;
    slot.publisher = publish(slot);
    slot.untilMs = nowMs + pick(STAYS_MS);
  } else if (nowMs >= slot.untilMs || !publisher.isOpen) {
    if (!publisher.isOpen && slot.isOpen) lost += 1;
    publisher.close(publications % SILENT_EVERY === 0);
    if (publications % NEW_NAME_EVERY === 0) slot.name = names++;
    Object.assign(slot, { publisher: undefined, isOpen: false, untilMs: nowMs + pick(PAUSES_MS) });
  } else if (slot.isOpen) {
    publisher.playDue(nowMs, () => {});
  }
}

function pick(times: readonly number[]): number {
  return times[publications % times.length] ?? 0;
}
