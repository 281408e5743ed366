// What a player is made with.

export type PlayerOptions = {
  readonly video: HTMLVideoElement;
  readonly autoplay: boolean;
  /** Starts without sound, which the viewer has not asked for. */
  readonly muted: boolean;
  /** Whether to play farther behind live (see EngineOptions); asked again and again. */
  readonly isStable: () => boolean;
  /** Called after anything the getters show has changed, and four times a second while a source is held. */
  readonly onChange: () => void;
};
