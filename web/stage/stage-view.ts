// Which layers are shown over the video, from the stream's state and the playback. A picture stays visible: a message
// about the stream covers it only when no more video can come.
import type { StreamState } from '../../server/stats/stats-message.ts';
import type { Playback } from '../player/playback.ts';

/**
 * The state for the viewer. In addition to the stream's states: no status received yet, the server is unreachable, this
 * browser cannot decode a codec, the viewer has no access, the viewer's device has no network, or the address has no valid
 * name.
 */
export type ViewState =
  | StreamState
  | 'unknown'
  | 'unreachable'
  | 'unsupported'
  | 'denied'
  | 'viewer-offline'
  | 'invalid';

export type StageView = {
  /** The full card with the state's words. */
  readonly card: boolean;
  /** One line over a picture that plays, or has stopped for now. */
  readonly banner: boolean;
  readonly spinner: boolean;
  /** The big play button. */
  readonly bigPlay: boolean;
};

const HAS_PICTURE: ReadonlySet<Playback> = new Set(['playing', 'buffering', 'paused']);
const INTERRUPTED: ReadonlySet<ViewState> = new Set([
  'connecting',
  'starting',
  'stalled',
  'reconnecting',
  'unreachable',
  'viewer-offline',
]);
/** Playback that needs nothing from the server at this moment. */
const IS_AT_EASE: ReadonlySet<Playback> = new Set(['playing', 'paused']);
/** States in which the last picture no longer belongs to the stream. */
const CANNOT_GO_ON: ReadonlySet<ViewState> = new Set(['offline', 'unsupported', 'denied', 'invalid']);
/** States in which a click could not start anything. */
const IS_OVER: ReadonlySet<ViewState> = new Set([...CANNOT_GO_ON, 'ended', 'unreachable', 'viewer-offline']);

/** Decides the layers: at most one of card and banner, and the spinner only when nothing else explains the wait. */
export function stageView(facts: { readonly state: ViewState; readonly playback: Playback }): StageView {
  const { state, playback } = facts;
  const hasPicture = HAS_PICTURE.has(playback);
  const bigPlay = playback === 'waiting-for-click' && !IS_OVER.has(state);
  // At the end of a stream the buffer is played. If playback waits then, nothing more will come.
  const staysVisible = state === 'ended' ? IS_AT_EASE.has(playback) : hasPicture && !CANNOT_GO_ON.has(state);
  const card = state !== 'live' && !bigPlay && !staysVisible;
  const isWaiting = playback === 'loading' || playback === 'buffering';
  return {
    card,
    banner: hasPicture && INTERRUPTED.has(state),
    spinner: isWaiting && !card && !INTERRUPTED.has(state),
    bigPlay,
  };
}

/** The state of the stream for the viewer. */
export function viewState(facts: {
  readonly stream: StreamState | undefined;
  readonly isLinkUp: boolean | undefined;
  /** The gateway has refused to say anything about the stream. */
  readonly isDenied?: boolean;
  /** The browser reports no network, and a request has failed. */
  readonly isDeviceOffline?: boolean;
  readonly playback: Playback;
}): ViewState {
  const { stream, isLinkUp, playback, isDenied = false, isDeviceOffline = false } = facts;
  if (playback === 'unsupported') return 'unsupported';
  // A picture that plays is still allowed: the next playlist decides.
  if (playback === 'denied' || (isDenied && !IS_AT_EASE.has(playback))) return 'denied';
  if (isDeviceOffline && !IS_AT_EASE.has(playback)) return 'viewer-offline';
  // A lost link does not change an end that was told. Without a link, the end of the video is also the stream's end.
  if (isLinkUp === false && (stream === 'ended' || playback === 'ended')) return 'ended';
  if (isLinkUp === false && !IS_AT_EASE.has(playback)) return 'unreachable';
  return stream ?? 'unknown';
}
