// Which layers lie over the video, from what the server says and what the video does. A picture that is
// there stays there: news about the stream covers it only when nothing more can come.
import type { StreamState } from '../../server/stats/stats-message.ts';
import type { Playback } from '../player/playback.ts';

/**
 * What the viewer is told. Beside the stream's own states: nothing heard yet, the server out of reach,
 * a codec this browser lacks, an address that names no stream.
 */
export type ViewState = StreamState | 'unknown' | 'unreachable' | 'unsupported' | 'invalid';

export type StageView = {
  /** The full card with the state's words. */
  readonly card: boolean;
  /** One line over a picture that goes on, or stands for now. */
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
]);
/** A video that needs nothing from the server at this moment. */
const IS_AT_EASE: ReadonlySet<Playback> = new Set(['playing', 'paused']);
/** States in which a picture that is still there is not the stream's any more. */
const CANNOT_GO_ON: ReadonlySet<ViewState> = new Set(['offline', 'unsupported', 'invalid']);
/** States in which a click could not start anything. */
const IS_OVER: ReadonlySet<ViewState> = new Set([...CANNOT_GO_ON, 'ended', 'unreachable']);

/** Decides the layers; at most one of card and banner, and the spinner only where nothing else explains the wait. */
export function stageView(facts: { readonly state: ViewState; readonly playback: Playback }): StageView {
  const { state, playback } = facts;
  const hasPicture = HAS_PICTURE.has(playback);
  const bigPlay = playback === 'waiting-for-click' && !IS_OVER.has(state);
  // At the end of a stream what is buffered plays out; a picture that waits then waits for nothing.
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

/** The stream as the viewer should hear of it. */
export function viewState(facts: {
  readonly stream: StreamState | undefined;
  readonly isLinkUp: boolean | undefined;
  readonly playback: Playback;
}): ViewState {
  const { stream, isLinkUp, playback } = facts;
  if (playback === 'unsupported') return 'unsupported';
  // Without the link only the video itself knows: its end is the stream's end.
  if (isLinkUp === false && playback === 'ended') return 'ended';
  if (isLinkUp === false && !IS_AT_EASE.has(playback)) return 'unreachable';
  return stream ?? 'unknown';
}
