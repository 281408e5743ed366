// The browser's own HLS player, for those without Media Source Extensions (iPhones before iOS 17.1).
import type { EngineOptions, PlaybackEngine } from './playback-engine.ts';

/** Safari's native player keeps about three target durations (3 x 2 s) from the edge by itself. */
const NATIVE_TARGET_S = 6;
/** HTMLMediaElement.error codes for "cannot be decoded" and "cannot be played at all". */
const UNSUPPORTED_CODES: ReadonlySet<number> = new Set([3, 4]);

/** WebKit's method for the wall clock at time 0 of a live source. */
type WithStartDate = { readonly getStartDate?: () => Date };

/** Attaches `url` to the video element itself. */
export function createNativeEngine(options: EngineOptions): PlaybackEngine {
  const video: HTMLVideoElement & WithStartDate = options.video;
  const plays = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  const onError = (): void => {
    const code = video.error?.code ?? 0;
    const neverPlayed = video.readyState === HTMLMediaElement.HAVE_NOTHING && UNSUPPORTED_CODES.has(code);
    options.onFailure(
      plays && !neverPlayed
        ? { kind: 'broken', detail: video.error?.message ?? 'native player error' }
        : { kind: 'unsupported', codec: undefined },
    );
  };
  const { startAt } = options;
  const onMetadata = (): void => {
    const edge = edgeS();
    if (edge !== undefined && startAt.kind === 'behind')
      video.currentTime = Math.max(video.seekable.start(0), edge - NATIVE_TARGET_S - startAt.seconds);
  };
  video.addEventListener('error', onError);
  video.addEventListener('loadedmetadata', onMetadata, { once: true });
  if (plays) video.src = options.url;
  else queueMicrotask(onError);

  const edgeS = (): number | undefined =>
    video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined;
  return {
    playingEpochMs: () => {
      const startMs = video.getStartDate?.().getTime();
      return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs + video.currentTime * 1000;
    },
    behindMs: () => {
      const edge = edgeS();
      return edge === undefined ? undefined : (edge - video.currentTime - NATIVE_TARGET_S) * 1000;
    },
    playableRange: () => {
      const edge = edgeS();
      return edge === undefined
        ? undefined
        : { startS: video.seekable.start(0), endS: edge - NATIVE_TARGET_S };
    },
    hasEnded: () => video.ended,
    jumpToLive: () => {
      const edge = edgeS();
      if (edge !== undefined) video.currentTime = Math.max(0, edge - NATIVE_TARGET_S);
    },
    keepUp: () => undefined, // the browser's own affair
    refresh: () => undefined,
    destroy: () => {
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', onMetadata);
      video.removeAttribute('src');
      video.load();
    },
  };
}
