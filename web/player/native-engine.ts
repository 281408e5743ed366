// The browser's own HLS player, for those without Media Source Extensions (iPhones before iOS 17.1).
import { withToken } from '../page/access-token.ts';
import { type EngineFacts, NO_QUALITIES } from './engine-facts.ts';
import { firstVariantUrl, type HoldBack, keptHoldBackS, parseHoldBack } from './hold-back.ts';
import type { EngineOptions, PlaybackEngine } from './playback-engine.ts';
import type { PlayableRange } from './time-shift.ts';

/** HTMLMediaElement.error codes for "cannot be decoded" and "cannot be played at all". */
const UNSUPPORTED_CODES: ReadonlySet<number> = new Set([3, 4]);

/** The status for a signed stream without a valid token; the video element does not show it. */
const FORBIDDEN = 403;

/** WebKit's method for the wall clock at time 0 of a live source. */
type WithStartDate = { readonly getStartDate?: () => Date };

/** Attaches `url` to the video element itself. */
export function createNativeEngine(options: EngineOptions): PlaybackEngine {
  const engine = new NativeEngine(options);
  return {
    playingEpochMs: () => engine.playingEpochMs(),
    behindMs: () => engine.behindMs(),
    playableRange: () => engine.playableRange(),
    hasEnded: () => options.video.ended,
    jumpToLive: () => engine.jumpToLive(),
    canJump: () => false, // only the browser knows what it has buffered after the live position
    missingMs: () => undefined,
    isThroughputLow: () => false,
    keepUp: () => undefined,
    refresh: () => undefined,
    facts: () => ({ engine: 'native', ...engine.bufferFacts() }),
    qualities: () => NO_QUALITIES,
    chooseQuality: () => undefined,
    destroy: () => engine.destroy(),
  };
}

class NativeEngine {
  readonly #video: HTMLVideoElement & WithStartDate;
  readonly #startAt: EngineOptions['startAt'];
  readonly #onFailure: EngineOptions['onFailure'];
  readonly #canPlay: boolean;
  /** The answer to a request for the playlist: why the video element cannot play it is said there only. */
  #playlist: ReturnType<typeof readHoldBack> = Promise.resolve(undefined);
  #holdBack: HoldBack | undefined;
  #hasStarted = false;
  #isDestroyed = false;
  readonly #onError = (): void => this.#fail();
  readonly #onMetadata = (): void => this.#start();

  constructor({ video, url, startAt, onFailure }: EngineOptions) {
    this.#video = video;
    this.#startAt = startAt;
    this.#onFailure = onFailure;
    this.#canPlay = video.canPlayType('application/vnd.apple.mpegurl') !== '';
    video.addEventListener('error', this.#onError);
    video.addEventListener('loadedmetadata', this.#onMetadata);
    if (!this.#canPlay) {
      queueMicrotask(this.#onError);
      return;
    }
    video.src = url;
    this.#playlist = readHoldBack(url);
    void this.#playlist.then((holdBack) => {
      if (this.#isDestroyed) return;
      if (holdBack === 'denied') return this.#refused(url);
      this.#holdBack = holdBack;
      this.#start();
    });
  }

  playingEpochMs(): number | undefined {
    const startMs = this.#video.getStartDate?.().getTime();
    if (startMs === undefined || Number.isNaN(startMs)) return undefined;
    return startMs + this.#video.currentTime * 1000;
  }

  behindMs(): number | undefined {
    const liveS = this.#livePositionS();
    return liveS === undefined ? undefined : (liveS - this.#video.currentTime) * 1000;
  }

  playableRange(): PlayableRange | undefined {
    const endS = this.#livePositionS();
    return endS === undefined ? undefined : { startS: this.#video.seekable.start(0), endS };
  }

  jumpToLive(): void {
    const edgeS = this.#edgeS();
    // A player that loads whole segments would stall this near to the edge.
    if (edgeS !== undefined && this.#holdBack !== undefined)
      this.#video.currentTime = Math.max(0, edgeS - this.#holdBack.segmentsS);
  }

  bufferFacts(): Pick<EngineFacts, 'bufferMs' | 'hasParts'> {
    const { buffered, currentTime } = this.#video;
    const endS = buffered.length > 0 ? buffered.end(buffered.length - 1) : undefined;
    return {
      ...(endS === undefined ? {} : { bufferMs: Math.max(0, endS - currentTime) * 1000 }),
      ...(this.#holdBack === undefined ? {} : { hasParts: this.#holdBack.partsS !== undefined }),
    };
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#video.removeEventListener('error', this.#onError);
    this.#video.removeEventListener('loadedmetadata', this.#onMetadata);
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #edgeS(): number | undefined {
    const { seekable } = this.#video;
    return seekable.length > 0 ? seekable.end(seekable.length - 1) : undefined;
  }

  /** The distance from the edge that the browser's player keeps by itself; undefined until the playlist has been read. */
  #livePositionS(): number | undefined {
    const edgeS = this.#edgeS();
    if (edgeS === undefined || this.#holdBack === undefined) return undefined;
    return edgeS - keptHoldBackS(this.#holdBack, edgeS - this.#video.currentTime);
  }

  #start(): void {
    const edgeS = this.#edgeS();
    if (this.#hasStarted || edgeS === undefined || this.#holdBack === undefined) return;
    if (this.#video.readyState === HTMLMediaElement.HAVE_NOTHING) return;
    this.#hasStarted = true;
    if (this.#startAt.kind !== 'behind') return;
    const positionS = edgeS - this.#holdBack.segmentsS - this.#startAt.seconds;
    this.#video.currentTime = Math.max(this.#video.seekable.start(0), positionS);
  }

  #fail(): void {
    const { error, readyState } = this.#video;
    const hasNeverPlayed =
      readyState === HTMLMediaElement.HAVE_NOTHING && UNSUPPORTED_CODES.has(error?.code ?? 0);
    if (!this.#canPlay) this.#onFailure({ kind: 'unsupported', codec: undefined });
    else if (hasNeverPlayed) void this.#playlist.then((holdBack) => this.#explain(holdBack));
    else this.#break();
  }

  /** The error of a playlist that nothing can play is the same as that of one that was refused or not delivered. */
  #explain(holdBack: Awaited<ReturnType<typeof readHoldBack>>): void {
    if (this.#isDestroyed) return;
    if (holdBack === undefined) this.#break();
    else if (holdBack !== 'denied') this.#onFailure({ kind: 'unsupported', codec: undefined });
  }

  /** If the page has got another token since the request, the answer says nothing about that one. */
  #refused(url: string): void {
    if (withToken(url) === url) this.#onFailure({ kind: 'denied' });
    else this.#onFailure({ kind: 'broken', detail: 'an earlier token was refused' });
  }

  #break(): void {
    this.#onFailure({ kind: 'broken', detail: this.#video.error?.message ?? 'native player error' });
  }
}

/** Read from the first variant's playlist. Undefined when that fails; then playback never jumps by itself. */
async function readHoldBack(url: string): Promise<HoldBack | 'denied' | undefined> {
  try {
    const response = await fetch(url);
    if (response.status === FORBIDDEN) return 'denied';
    const multivariant = await response.text();
    const variant = firstVariantUrl(multivariant, url);
    return parseHoldBack(variant === undefined ? multivariant : await (await fetch(variant)).text());
  } catch {
    return undefined;
  }
}
