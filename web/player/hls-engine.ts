// One hls.js instance: what it loads, how far from live it plays, and what it reports. The client's side of
// draft-pantos-hls-rfc8216bis.
import Hls, {
  type ErrorData,
  ErrorDetails,
  Events,
  type Fragment,
  type LevelDetails,
  type Part,
  PlaylistLevelType,
} from 'hls.js';
import { currentToken, withToken } from '../page/access-token.ts';
import { offerAirPlay } from './airplay-source.ts';
import { releaseUntil } from './back-buffer.ts';
import { CatchUp, inHandMs } from './catch-up.ts';
import { NO_QUALITIES } from './engine-facts.ts';
import { HlsFacts } from './hls-facts.ts';
import { HlsRecovery } from './hls-recovery.ts';
import { hlsSettings } from './hls-settings.ts';
import { HoleWatch } from './hole-watch.ts';
import { modeTargetS } from './latency-mode.ts';
import { LatencyTarget, MAX_EXTRA_MS } from './latency-target.ts';
import type { EngineOptions, PlaybackEngine } from './playback-engine.ts';
import { PlaylistContinuity } from './playlist-continuity.ts';
import { newestRun } from './run-boundary.ts';
import type { PlayableRange } from './time-shift.ts';
import { TrackSwitch } from './track-switch.ts';
import { keepUnfinished } from './unfinished-fragment.ts';
import { VainLoads } from './vain-loads.ts';

/** Smaller changes of the target are not worth a change of speed. */
const TARGET_STEP_S = 0.02;
/** The throughput needed, as a multiple of the media bitrate: playlists and headers take a tenth. */
const ENOUGH_FACTOR = 1.1;
/** Rounding may find the previous segment for the exact start of a run. */
const INTO_RUN_S = 0.01;
/** The start of a load differs by up to a part between playlists: stay this much before the wanted position. */
const START_SLACK_S = 0.3;
const OTHER_TRACKS = 'the stream has other tracks now';
/** Interval and number of playlist requests after a change of the stream's state: the playlist changes soon after it. */
const REFRESH_MS = 300;
const REFRESH_ATTEMPTS = 12;
/** No extra request after a playlist this recent: the next one is already in progress. */
const FRESH_MS = 1_000;
/** Attaches `url` to the video through hls.js. Reports a failure once, and only when it cannot recover by itself. */
export function createHlsEngine(options: EngineOptions): PlaybackEngine {
  if (!Hls.isSupported()) {
    queueMicrotask(() => options.onFailure({ kind: 'unsupported', codec: undefined }));
    return INERT_ENGINE;
  }
  const engine = new HlsEngine(options);
  return {
    playingEpochMs: () => engine.hls.playingDate?.getTime(),
    behindMs: () => engine.behindMs(),
    playableRange: () => engine.playableRange(),
    hasEnded: () => engine.hls.latestLevelDetails?.live === false,
    jumpToLive: () => engine.jumpToLive(),
    canJump: () => engine.canJump(),
    missingMs: () => engine.missingMs(),
    isThroughputLow: () => engine.isThroughputLow(),
    keepUp: () => engine.keepUp(),
    refresh: () => engine.refresh(),
    facts: () => engine.facts.read({ maxMs: engine.maxDistanceMs() }),
    qualities: () => engine.facts.qualities(),
    chooseQuality: (id) => engine.facts.choose(id),
    destroy: () => engine.destroy(),
  };
}

class HlsEngine {
  readonly hls: Hls;
  readonly facts: HlsFacts;
  readonly #video: HTMLVideoElement;
  readonly #onFailure: EngineOptions['onFailure'];
  readonly #latencyMode: EngineOptions['latencyMode'];
  #refreshTimer: number | undefined;
  readonly #latency = new LatencyTarget();
  readonly #catchUp = new CatchUp();
  readonly #continuity = new PlaylistContinuity();
  readonly #vainLoads = new VainLoads();
  readonly #recovery: HlsRecovery;
  readonly #trackSwitch: TrackSwitch;
  readonly #holeWatch: HoleWatch;
  #startAt: EngineOptions['startAt'];
  readonly #onSeeking = (): void => this.#latency.settle();
  #advancedAtMs = Number.NEGATIVE_INFINITY;
  #bufferEndMs = 0;
  /** Media has been loaded at the position. Before that the position is not where playback is, and must not be changed. */
  #hasBegun = false;
  readonly #onLoadedData = (): void => {
    this.#hasBegun = true;
  };
  #discontinuity = -1;

  constructor(options: EngineOptions) {
    this.hls = new Hls({
      ...hlsSettings(),
      ...(currentToken() === undefined ? {} : { xhrSetup: openWithToken }),
    });
    this.#video = options.video;
    this.#onFailure = options.onFailure;
    this.#latencyMode = options.latencyMode;
    this.facts = new HlsFacts(this.hls);
    this.#startAt = options.startAt;
    this.#trackSwitch = new TrackSwitch(this.hls, options.video, (startS) =>
      this.#onFailure({ kind: 'replaced', detail: OTHER_TRACKS, behindS: this.#behindLiveS(startS) }),
    );
    this.#recovery = new HlsRecovery(this.hls, options, () => this.#trackSwitch.isUnderWay);
    this.#holeWatch = new HoleWatch(
      this.hls,
      options.video,
      () => !this.#hasBegun || this.#trackSwitch.isDue,
    );
    keepUnfinished(this.hls);
    this.hls.on(Events.ERROR, (_event, error) => this.#onError(error));
    this.hls.on(Events.FRAG_LOADED, (_event, { frag, part }) => this.#onLoaded(frag, part));
    this.hls.on(Events.FRAG_BUFFERED, (_event, { frag, part }) => this.#onBuffered(frag, part));
    this.hls.on(Events.LEVEL_UPDATED, (_event, { details }) => this.#onPlaylist(details));
    this.hls.on(Events.MEDIA_DETACHING, () => {
      this.#hasBegun = false; // a repair attaches it again and sets the position
    });
    this.#video.addEventListener('seeking', this.#onSeeking);
    this.#video.addEventListener('loadeddata', this.#onLoadedData);
    offerAirPlay(this.hls, options.video, options.url);
    this.hls.loadSource(options.url);
    this.hls.attachMedia(options.video);
  }

  behindMs(): number | undefined {
    const { targetLatency, latency, latestLevelDetails } = this.hls;
    if (!this.#hasBegun || targetLatency === null || latestLevelDetails === null || latency === 0)
      return undefined;
    return (latency - targetLatency) * 1000;
  }

  playableRange(): PlayableRange | undefined {
    const { latestLevelDetails: details, liveSyncPosition } = this.hls;
    if (details === null) return undefined;
    return {
      startS: details.fragmentStart,
      endS: details.live ? (liveSyncPosition ?? details.edge) : details.edge,
    };
  }

  /** Enough is buffered after the live position to jump there without a stall. */
  canJump(): boolean {
    const behindMs = this.behindMs();
    const partTargetS = this.hls.latestLevelDetails?.partTarget ?? 0;
    if (behindMs === undefined || partTargetS === 0) return false;
    const bufferMs = (this.hls.mainForwardBufferInfo?.len ?? 0) * 1000;
    return bufferMs - behindMs >= inHandMs(partTargetS * 1000);
  }

  missingMs(): number | undefined {
    const { latestLevelDetails: details, mainForwardBufferInfo: buffer } = this.hls;
    if (details === null || buffer === null) return undefined;
    return Math.max(0, details.edge - buffer.end) * 1000;
  }

  isThroughputLow(): boolean {
    const level = this.hls.levels[this.hls.loadLevel];
    return level !== undefined && this.hls.bandwidthEstimate < level.bitrate * ENOUGH_FACTOR;
  }

  jumpToLive(): void {
    if (!this.#hasBegun) return;
    this.#followTarget();
    const position = this.hls.liveSyncPosition;
    if (position !== null && Number.isFinite(position)) this.#video.currentTime = position;
  }

  keepUp(): void {
    if (!this.#hasBegun) return; // the distance at which hls.js begins says nothing either
    const { hls } = this;
    const behindMs = this.behindMs();
    const partTargetS = hls.latestLevelDetails?.partTarget;
    this.#followTarget();
    const rate =
      behindMs === undefined || hls.latestLevelDetails?.live !== true
        ? 1
        : this.#catchUp.look(performance.now(), {
            behindMs,
            bufferMs: (hls.mainForwardBufferInfo?.len ?? 0) * 1000,
            partTargetMs: partTargetS === undefined || partTargetS === 0 ? undefined : partTargetS * 1000,
            rate: this.#video.playbackRate,
          });
    if (this.#video.playbackRate !== rate) this.#video.playbackRate = rate;
  }

  /** A playlist that did not change is polled only at half the target duration (RFC 8216 §6.3.4): too slow here. */
  refresh(attempts = REFRESH_ATTEMPTS): void {
    window.clearTimeout(this.#refreshTimer);
    if (performance.now() - this.#advancedAtMs < FRESH_MS) return;
    this.#latency.forget(); // a wait for the streamer says nothing about this viewer's network
    if (this.#trackSwitch.isUnderWay) return; // the track switch starts the load by itself
    const details = this.hls.latestLevelDetails;
    if (details !== null) details.requestScheduled = 0; // otherwise startLoad waits for the next poll
    this.hls.startLoad();
    if (attempts <= 1) return;
    this.#refreshTimer = window.setTimeout(() => this.refresh(attempts - 1), REFRESH_MS);
  }

  destroy(): void {
    this.#recovery.destroy();
    window.clearTimeout(this.#refreshTimer);
    this.#video.removeEventListener('seeking', this.#onSeeking);
    this.#video.removeEventListener('loadeddata', this.#onLoadedData);
    this.#trackSwitch.destroy();
    this.#holeWatch.destroy();
    this.facts.destroy();
    this.hls.destroy();
    this.#video.playbackRate = 1;
  }

  /** Once set, hls.js uses this target: it neither takes the playlist's distance nor adds time for stalls. */
  #followTarget(): void {
    const { latestLevelDetails: details, targetLatency } = this.hls;
    if (details === null || details.partHoldBack === 0 || targetLatency === null) return;
    const lowMs = this.#latency.targetMs(performance.now(), details.partHoldBack * 1000);
    const wantedS = this.#modeTargetS(details, lowMs);
    if (Math.abs(wantedS - targetLatency) >= TARGET_STEP_S) this.hls.targetLatency = wantedS;
  }

  /** The largest distance that playback takes by itself. */
  maxDistanceMs(): number | undefined {
    const { latestLevelDetails: details } = this.hls;
    if (details === null || details.partHoldBack === 0) return undefined;
    return this.#modeTargetS(details, details.partHoldBack * 1000 + MAX_EXTRA_MS) * 1000;
  }

  #modeTargetS(details: LevelDetails, lowMs: number): number {
    const segmentS = details.averagetargetduration || details.targetduration;
    return modeTargetS(this.#latencyMode(), {
      lowS: lowMs / 1000,
      holdBackS: details.partHoldBack,
      segmentS,
    });
  }

  #onPlaylist(details: LevelDetails): void {
    this.#begin(details);
    if (details.advanced || !details.live) window.clearTimeout(this.#refreshTimer);
    if (details.advanced) {
      this.#advancedAtMs = performance.now();
      this.#latency.listed(this.#advancedAtMs, details.edge * 1000);
    }
    if (this.#continuity.isBroken(details.startSN, details.endSN)) {
      this.#onFailure({ kind: 'replaced', detail: `segment ${details.startSN} follows nothing known` });
      return;
    }
    this.#trackSwitch.look();
  }

  /** hls.js starts behind the edge by its target latency. The first media sets the target back to its own value. */
  #begin(details: LevelDetails): void {
    const startAt = this.#startAt;
    const { targetLatency } = this.hls;
    this.#startAt = { kind: 'live' };
    if (startAt.kind === 'live') this.#followTarget();
    if (startAt.kind === 'live' || !details.live || targetLatency === null) return;
    if (startAt.kind === 'behind') {
      this.hls.targetLatency = targetLatency + startAt.seconds;
      return;
    }
    const run = newestRun(details);
    const lengthS = details.edge + details.age - run.startS - INTO_RUN_S;
    if (lengthS < targetLatency) this.hls.targetLatency = Math.max(lengthS, details.partTarget);
  }

  /** How far behind live a load must begin to start at this position or slightly before it. */
  #behindLiveS(positionS: number): number {
    const { latestLevelDetails: details, targetLatency } = this.hls;
    if (details === null) return 0;
    return Math.max(0, details.edge + details.age - (targetLatency ?? 0) - positionS - START_SLACK_S);
  }

  #onLoaded(frag: Fragment, part: Part | null): void {
    const { url } = part ?? frag;
    if (frag.type !== PlaylistLevelType.MAIN || this.#trackSwitch.isUnderWay) return;
    if (!this.#vainLoads.isTooMany(url)) return;
    this.#recovery.repairSoon(`no media in ${url}`);
  }

  #onBuffered(frag: Fragment, part: Part | null): void {
    this.#recovery.succeeded();
    if (frag.cc !== this.#discontinuity) this.#latency.settle(); // the time between two publications is not the network's
    this.#discontinuity = frag.cc;
    const beforeMs = this.#bufferEndMs;
    this.#bufferEndMs = (this.hls.mainForwardBufferInfo?.end ?? 0) * 1000;
    if (this.#bufferEndMs !== beforeMs) this.#vainLoads.forget();
    const newest = this.hls.latestLevelDetails?.partList?.at(-1);
    const isNewest = part !== null && newest?.fragment.sn === frag.sn && newest.index === part.index;
    const holdBackMs = (this.hls.latestLevelDetails?.partHoldBack ?? 0) * 1000;
    this.#latency.appended(performance.now(), beforeMs, isNewest, holdBackMs);
    this.#followTarget();
    if (isNewest || part === null) this.#releaseBackBuffer();
  }

  /** Called when nothing is being appended. */
  #releaseBackBuffer(): void {
    const { buffered, currentTime } = this.#video;
    const untilS = buffered.length === 0 ? undefined : releaseUntil(buffered.start(0), currentTime);
    if (untilS === undefined) return;
    this.hls.trigger(Events.BUFFER_FLUSHING, { startOffset: 0, endOffset: untilS, type: null });
  }

  #onError(error: ErrorData): void {
    // hls.js starts from whole segments only. A new stream has parts before it has a whole segment.
    if (error.details === ErrorDetails.LEVEL_EMPTY_ERROR) this.#refreshSoon();
    this.#recovery.take(error);
  }

  #refreshSoon(): void {
    window.clearTimeout(this.#refreshTimer);
    this.#refreshTimer = window.setTimeout(() => this.#recovery.loadOn(), REFRESH_MS);
  }
}

/** hls.js keeps the addresses of playlists: a newer token than that of the load is put into each request. */
function openWithToken(request: XMLHttpRequest, url: string): void {
  const newer = withToken(url);
  if (newer !== url) request.open('GET', newer, true);
}

const INERT_ENGINE: PlaybackEngine = {
  playingEpochMs: () => undefined,
  behindMs: () => undefined,
  playableRange: () => undefined,
  hasEnded: () => false,
  jumpToLive: () => undefined,
  canJump: () => false,
  missingMs: () => undefined,
  isThroughputLow: () => false,
  keepUp: () => undefined,
  refresh: () => undefined,
  facts: () => ({ engine: 'none' }),
  qualities: () => NO_QUALITIES,
  chooseQuality: () => undefined,
  destroy: () => undefined,
};
