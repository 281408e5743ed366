// A process that publishes one clip to many servers, in real time or as fast as they read, and measures its own lateness.

import { readClip } from './media-clip.ts';
import { TimeHistogram } from './time-histogram.ts';
import { wireClip } from './wire-clip.ts';
import { WirePublisher } from './wire-publisher.ts';
import { answerCalls } from './worker.ts';

export type PublishTarget = { readonly port: number; readonly name: string };

/** Milliseconds behind the clip's time, including the pacing timer of 10 ms. */
export type Lateness = {
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Bytes that servers have not read. */
  readonly unsentBytes: number;
  /** Publications that a server has closed. */
  readonly lost: number;
};

type StartRequest = {
  readonly clipFile: string;
  readonly targets: readonly PublishTarget[];
  readonly spreadMs: number;
};

export type PublisherCalls = {
  /** Resolves when every server has accepted; the publications then begin one after another within `spreadMs`. */
  readonly start: { readonly request: StartRequest; readonly reply: undefined };
  /** Like `start`, but the clip is written as fast as the servers read it. */
  readonly flood: { readonly request: Omit<StartRequest, 'spreadMs'>; readonly reply: undefined };
  /** Bytes of all floods so far. */
  readonly floodedBytes: { readonly request: undefined; readonly reply: number };
  /** Since the last call. */
  readonly takeLateness: { readonly request: undefined; readonly reply: Lateness };
  /** Of the first target, in epoch milliseconds. */
  readonly pushes: {
    readonly request: undefined;
    readonly reply: { readonly connectedAtMs: number; readonly framesAtMs: readonly number[] };
  };
};

const TICK_MS = 10;
/** The publishers of one tick are spread over it, because encoders do not send at the same moment. */
const GROUPS = 10;

let publishers: readonly WirePublisher[] = [];
/** Counted, because a list of millions takes so long to sort that the publishers are late. */
const latenessMs = new TimeHistogram();
let connectedAtMs = 0;
const framesAtMs: number[] = [];

answerCalls<PublisherCalls>({
  start: async ({ clipFile, targets, spreadMs }) => {
    const metadata = await publishTo(clipFile, targets);
    const nowMs = performance.now();
    for (const [index, publisher] of publishers.entries()) {
      publisher.open(metadata, nowMs + (index * spreadMs) / publishers.length);
    }
    playGroups();
    return undefined;
  },
  flood: async ({ clipFile, targets }) => {
    const metadata = await publishTo(clipFile, targets);
    for (const publisher of publishers) {
      publisher.open(metadata, performance.now());
      publisher.flood();
    }
    return undefined;
  },
  floodedBytes: () =>
    publishers.reduce((sum, { floodedBytes, unsentBytes }) => sum + floodedBytes - unsentBytes, 0),
  takeLateness: () => {
    const { p99Ms, maxMs } = latenessMs.take();
    return {
      p99Ms,
      maxMs,
      unsentBytes: publishers.reduce((sum, publisher) => sum + publisher.unsentBytes, 0),
      lost: publishers.filter(({ isOpen }) => !isOpen).length,
    };
  },
  pushes: () => ({ connectedAtMs, framesAtMs }),
});

async function publishTo(
  clipFile: string,
  targets: readonly PublishTarget[],
): Promise<Readonly<Record<string, number>>> {
  const clip = readClip(clipFile);
  const wire = wireClip(clip);
  connectedAtMs = Date.now();
  publishers = targets.map((target) => new WirePublisher(target, wire));
  await Promise.all(publishers.map(({ started }) => started));
  return clip.metadata;
}

/** Each publisher writes every TICK_MS; each millisecond has a part of them. */
function playGroups(): void {
  const groups = Array.from({ length: GROUPS }, (_, group) => ({
    members: publishers.filter((_publisher, index) => index % GROUPS === group),
    dueAtMs: performance.now() + group,
  })).filter(({ members }) => members.length > 0);
  const first = publishers[0];
  const note = (lateMs: number): void => latenessMs.add(lateMs);
  const noteFirst = (lateMs: number, isPicture: boolean): void => {
    latenessMs.add(lateMs);
    if (isPicture) framesAtMs.push(Date.now());
  };
  setInterval(
    () => {
      const nowMs = performance.now();
      for (const group of groups) {
        if (group.dueAtMs > nowMs) continue;
        group.dueAtMs = Math.max(group.dueAtMs + TICK_MS, nowMs);
        for (const publisher of group.members) {
          if (publisher.isOpen) publisher.playDue(nowMs, publisher === first ? noteFirst : note);
        }
      }
    },
    groups.length > 1 ? 1 : TICK_MS,
  );
}
