// The states of the video itself, beside those of the stream.

/** What the video is doing; `waiting-for-click` is autoplay refused or not asked for. */
export type Playback =
  | 'idle'
  | 'loading'
  | 'playing'
  | 'buffering'
  | 'paused'
  | 'waiting-for-click'
  | 'ended'
  | 'unsupported';
