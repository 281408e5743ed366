// The options of a player.

export type PlayerOptions = {
  readonly video: HTMLVideoElement;
  readonly autoplay: boolean;
  /** Starts muted, although the viewer did not ask for that. */
  readonly muted: boolean;
  /** Whether to play farther behind live (see EngineOptions). Called again and again. */
  readonly isStable: () => boolean;
  /** Called after each change of a value that the getters return, and four times a second while a source is held. */
  readonly onChange: () => void;
};
