// The states of the video element, in addition to the states of the stream.

/** The state of playback. `waiting-for-click`: autoplay was refused or not requested. */
export type Playback =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'buffering'
  | 'paused'
  | 'waiting-for-click'
  | 'ended'
  | 'unsupported';
