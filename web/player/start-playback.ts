// Starts a video in the ways that browsers allow: with sound where permitted, else muted, else after a click.

/** `interrupted`: a new source was set in the meantime; the code that set it starts playback again. */
export type StartOutcome = 'playing' | 'playing-muted' | 'denied' | 'interrupted';

/** Plays the video, muted if the browser refuses sound before the first gesture. Never rejects. */
export async function startPlayback(video: HTMLVideoElement): Promise<StartOutcome> {
  const first = await attempt(video);
  if (first !== 'denied' || video.muted) return first;
  video.muted = true;
  const second = await attempt(video);
  if (second === 'playing') return 'playing-muted';
  video.muted = false; // playback after the next click may have sound
  return second;
}

async function attempt(video: HTMLVideoElement): Promise<StartOutcome> {
  try {
    await video.play();
    return 'playing';
  } catch (error) {
    // AbortError and NotSupportedError are about the source; only this error is about permission.
    return error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'interrupted';
  }
}
