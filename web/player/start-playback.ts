// Starting a video the way browsers allow: with sound when they let us, else muted, else by a click.

/** `interrupted`: a new source came in between; whoever set it starts again. */
export type StartOutcome = 'playing' | 'playing-muted' | 'denied' | 'interrupted';

/** Plays the video; mutes it when the browser refuses sound before the first gesture. Never rejects. */
export async function startPlayback(video: HTMLVideoElement): Promise<StartOutcome> {
  const first = await attempt(video);
  if (first !== 'denied' || video.muted) return first;
  video.muted = true;
  const second = await attempt(video);
  if (second === 'playing') return 'playing-muted';
  video.muted = false; // the coming click may play with sound
  return second;
}

async function attempt(video: HTMLVideoElement): Promise<StartOutcome> {
  try {
    await video.play();
    return 'playing';
  } catch (error) {
    // AbortError and NotSupportedError belong to the source; only this one is about permission.
    return error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'interrupted';
  }
}
