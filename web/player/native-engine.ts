// The browser's own HLS player, for those without Media Source Extensions (iPhones before iOS 17.1).
import { firstVariantUrl, type HoldBack, keptHoldBackS, parseHoldBack } from './hold-back.ts';
import type { EngineOptions, PlaybackEngine } from './playback-engine.ts';

/** HTMLMediaElement.error codes for "cannot be decoded" and "cannot be played at all". */
const UNSUPPORTED_CODES: ReadonlySet<number> = new Set([3, 4]);

/** WebKit's method for the wall clock at time 0 of a live source. */
type WithStartDate = { readonly getStartDate?: () => Date };

/** Attaches `url` to the video element itself. */
export function createNativeEngine(options: EngineOptions): PlaybackEngine {
  const video: HTMLVideoElement & WithStartDate = options.video;
  const plays = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  let holdBack: HoldBack | undefined;
  let isDestroyed = false;
  const onError = (): void => {
    const code = video.error?.code ?? 0;
    const neverPlayed = video.readyState === HTMLMediaElement.HAVE_NOTHING && UNSUPPORTED_CODES.has(code);
    options.onFailure(
      plays && !neverPlayed
        ? { kind: 'broken', detail: video.error?.message ?? 'native player error' }
        : { kind: 'unsupported', codec: undefined },
    );
  };
  const edgeS = (): number | undefined =>
    video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : undefined;
  /** How far from the edge the browser's player stays by itself; undefined until the playlist was read. */
  const targetS = (edge: number): number | undefined =>
    holdBack === undefined ? undefined : keptHoldBackS(holdBack, edge - video.currentTime);
  const { startAt } = options;
  let hasStarted = false;
  const start = (): void => {
    const edge = edgeS();
    if (hasStarted || edge === undefined || holdBack === undefined) return;
    if (video.readyState === HTMLMediaElement.HAVE_NOTHING) return;
    hasStarted = true;
    if (startAt.kind === 'behind')
      video.currentTime = Math.max(video.seekable.start(0), edge - holdBack.segmentsS - startAt.seconds);
  };
  video.addEventListener('error', onError);
  video.addEventListener('loadedmetadata', start);
  if (plays) video.src = options.url;
  else queueMicrotask(onError);
  if (plays) {
    void readHoldBack(options.url).then((read) => {
      if (isDestroyed) return;
      holdBack = read;
      start();
    });
  }
  return {
    playingEpochMs: () => {
      const startMs = video.getStartDate?.().getTime();
      return startMs === undefined || Number.isNaN(startMs) ? undefined : startMs + video.currentTime * 1000;
    },
    behindMs: () => {
      const edge = edgeS();
      const target = edge === undefined ? undefined : targetS(edge);
      if (edge === undefined || target === undefined) return undefined;
      return (edge - video.currentTime - target) * 1000;
    },
    playableRange: () => {
      const edge = edgeS();
      const target = edge === undefined ? undefined : targetS(edge);
      if (edge === undefined || target === undefined) return undefined;
      return { startS: video.seekable.start(0), endS: edge - target };
    },
    hasEnded: () => video.ended,
    jumpToLive: () => {
      const edge = edgeS();
      // Too near to the edge for a player that loads whole segments would be a stall.
      if (edge !== undefined && holdBack !== undefined)
        video.currentTime = Math.max(0, edge - holdBack.segmentsS);
    },
    canJump: () => false, // what is buffered behind the live position is the browser's own affair
    missingMs: () => undefined,
    isThroughputLow: () => false,
    keepUp: () => undefined,
    refresh: () => undefined,
    destroy: () => {
      isDestroyed = true;
      video.removeEventListener('error', onError);
      video.removeEventListener('loadedmetadata', start);
      video.removeAttribute('src');
      video.load();
    },
  };
}

/** From the first variant's playlist; undefined when it cannot be read, and then playback never jumps by itself. */
async function readHoldBack(url: string): Promise<HoldBack | undefined> {
  try {
    const multivariant = await (await fetch(url)).text();
    const variant = firstVariantUrl(multivariant, url);
    return parseHoldBack(variant === undefined ? multivariant : await (await fetch(variant)).text());
  } catch {
    return undefined;
  }
}
