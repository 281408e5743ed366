// From pictures that were pushed and parts that were listed: the age of the newest picture, and how long playlists took.

import type { EdgeEvent } from './edge-scout.ts';
import { mean, percentile } from './statistics.ts';
import type { Arrivals } from './viewers.ts';

/** What a publisher pushed: the epoch milliseconds of each picture. The clip repeats after `pictures`. */
export type Pushed = { readonly framesAtMs: readonly number[]; readonly pictures: number };

/** Fine enough for the age of a picture that grows for some hundred milliseconds. */
const STEP_MS = 1;

/** The number in the publication of a picture of the clip: the last one that was pushed before `atMs`. */
export function pushedNumber(picture: number, atMs: number, pushed: Pushed): number | undefined {
  let found: number | undefined;
  for (let k = picture; k < pushed.framesAtMs.length; k += pushed.pictures) {
    if ((pushed.framesAtMs[k] ?? Number.POSITIVE_INFINITY) <= atMs) found = k;
  }
  return found;
}

/** Mean and p95 over time of the age of the newest picture that can be fetched, from the first event to the last. */
export function edgeAge(
  events: readonly EdgeEvent[],
  pushed: Pushed,
): { readonly meanMs: number; readonly p95Ms: number } {
  const agesMs: number[] = [];
  for (const [index, event] of events.entries()) {
    const next = events[index + 1];
    const k = pushedNumber(event.picture, event.atMs, pushed);
    const pushedAtMs = k === undefined ? undefined : pushed.framesAtMs[k];
    if (next === undefined || pushedAtMs === undefined) continue;
    for (let atMs = event.atMs; atMs < next.atMs; atMs += STEP_MS) agesMs.push(atMs - pushedAtMs);
  }
  return { meanMs: mean(agesMs), p95Ms: percentile(agesMs, 0.95) };
}

/** From the push of a part's last picture until each viewer has the playlist that lists the part. */
export function playlistDelaysMs(
  arrivals: readonly Arrivals[],
  events: readonly EdgeEvent[],
  pushed: Pushed,
): number[] {
  const eventOf = new Map(events.map((event) => [event.uri, event]));
  const delays: number[] = [];
  for (const { partUri, atMs } of arrivals) {
    const event = eventOf.get(partUri);
    const k = event === undefined ? undefined : pushedNumber(event.picture, event.atMs, pushed);
    const endedAtMs = k === undefined ? undefined : pushed.framesAtMs[k];
    if (endedAtMs === undefined) continue;
    for (const at of atMs) delays.push(at - endedAtMs);
  }
  return delays;
}
