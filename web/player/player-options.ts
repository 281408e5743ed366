// The options of a player.

import type { LatencyMode } from './latency-mode.ts';

export type PlayerOptions = {
  readonly video: HTMLVideoElement;
  readonly autoplay: boolean;
  /** Starts muted, although the viewer did not ask for that. */
  readonly muted: boolean;
  /** How far behind live to play (see EngineOptions). Called again and again. */
  readonly latencyMode: () => LatencyMode;
  /** The picture that is shown now is about to disappear. */
  readonly onRelease?: () => void;
  /** Called after each change of a value that the getters return, and four times a second while a source is held. */
  readonly onChange: () => void;
};
