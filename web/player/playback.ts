// The states of the video element, in addition to the states of the stream.

/**
 * The state of playback. `loading`: nothing has been shown since the load. `waiting-for-click`: autoplay was refused or not
 * requested. `denied`: the gateway gives no access to the stream.
 */
export type Playback =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'buffering'
  | 'paused'
  | 'waiting-for-click'
  | 'ended'
  | 'denied'
  | 'unsupported';
