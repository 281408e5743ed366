// Which events of Player.js a change means.
import type { PlayerEvent, PlayerEvents, PlayerState } from '../frame/player-protocol.ts';
import type { Playback } from '../player/playback.ts';

/** What is compared. */
export type PlayerFacts = {
  readonly name: string;
  readonly state: PlayerState;
  readonly playback: Playback;
  /** It has played since its last pause or load; see hasBegun. */
  readonly hasBegun: boolean;
  /** The page asked for autoplay. */
  readonly wantsAutoplay: boolean;
  /** The viewer hears nothing because the browser, or the page, did not allow sound. */
  readonly lacksSound: boolean;
  /** The page asked for a muted start. */
  readonly isMutedByPage: boolean;
  readonly denial: string | undefined;
};

export type PlayerNews = {
  readonly [Event in PlayerEvent]: { readonly event: Event; readonly value: PlayerEvents[Event] };
}[PlayerEvent];

const IS_OFF: ReadonlySet<PlayerState> = new Set(['offline', 'ended']);

/** A wait for media before the first picture is no playback, and one after it is no pause. */
export function hasBegun(before: Pick<PlayerFacts, 'hasBegun'> | undefined, playback: Playback): boolean {
  return playback === 'playing' || (playback === 'buffering' && before?.hasBegun === true);
}

/** The events of the step from `before` to `after`; `before` is undefined at the first one. */
export function playerNews(before: PlayerFacts | undefined, after: PlayerFacts): readonly PlayerNews[] {
  return [...playbackNews(before, after), ...streamNews(before, after)];
}

function playbackNews(before: PlayerFacts | undefined, after: PlayerFacts): readonly PlayerNews[] {
  const { playback } = after;
  if (playback === before?.playback) return soundNews(before, after);
  const news: PlayerNews[] = [];
  if (after.hasBegun && before?.hasBegun !== true) news.push({ event: 'play', value: undefined });
  if (playback === 'paused') news.push({ event: 'pause', value: undefined });
  if (playback === 'ended') news.push({ event: 'ended', value: undefined });
  if (playback === 'buffering' && before?.playback === 'playing' && after.state === 'live')
    news.push({ event: 'stalled', value: { side: 'viewer' } });
  if (playback === 'unsupported')
    news.push({ event: 'error', value: { code: 1, msg: 'This browser cannot play the stream.' } });
  if (playback === 'waiting-for-click' && after.wantsAutoplay)
    news.push({ event: 'autoplayblocked', value: { kind: 'click' } });
  return [...news, ...soundNews(before, after)];
}

function soundNews(before: PlayerFacts | undefined, after: PlayerFacts): readonly PlayerNews[] {
  const isNew = after.lacksSound && before?.lacksSound !== true && after.playback === 'playing';
  return isNew && !after.isMutedByPage ? [{ event: 'autoplayblocked', value: { kind: 'sound' } }] : [];
}

function streamNews(before: PlayerFacts | undefined, after: PlayerFacts): readonly PlayerNews[] {
  const { name, state, denial } = after;
  const news: PlayerNews[] = [];
  if (denial !== undefined && denial !== before?.denial)
    news.push({ event: 'denied', value: { name, code: denial } });
  if (state === before?.state) return news;
  if (state === 'live') news.push({ event: 'live', value: { name } });
  if (state === 'stalled') news.push({ event: 'stalled', value: { side: 'stream' } });
  if (IS_OFF.has(state) && !(before !== undefined && IS_OFF.has(before.state)))
    news.push({ event: 'offline', value: { name, state } });
  return news;
}
