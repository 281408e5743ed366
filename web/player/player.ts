// The life of the video: loads a source once the stream is live, keeps it through stalls and reconnects, loads it again
// when playback cannot be repaired, and jumps to live after a long pause.
import type { StreamState } from '../../server/stats/stats-message.ts';
import { EngineLoad } from './engine-load.ts';
import { FreshStart } from './fresh-start.ts';
import { PauseTime } from './pause-time.ts';
import { PlayOut } from './play-out.ts';
import type { Playback } from './playback.ts';
import type { EngineFailure, EngineView } from './playback-engine.ts';
import { PlaybackWatch } from './playback-watch.ts';
import type { PlayerOptions } from './player-options.ts';
import { PlayerSound } from './player-sound.ts';
import { type HeldSource, type StreamSource, sourceAction } from './source-action.ts';
import { startPlayback } from './start-playback.ts';
import { isShifted } from './time-shift.ts';
import { firstUnsupported } from './unsupported-codec.ts';
import { ViewerPlace } from './viewer-place.ts';

const TICK_MS = 250;
/** After a longer pause playback continues at live, unless the stream has a past to continue in. */
const LONG_PAUSE_MS = 5_000;

/** Drives one video element. */
export class Player {
  readonly #video: HTMLVideoElement;
  readonly #options: PlayerOptions;
  readonly #freshStart = new FreshStart();
  readonly #engines = new EngineLoad();
  readonly #playOut = new PlayOut();
  readonly #pauseTime = new PauseTime();
  readonly #place: ViewerPlace;
  readonly #watch: PlaybackWatch;
  #source: StreamSource | undefined;
  #streamState: StreamState = 'offline';
  #wantsPlay: boolean;
  readonly #sound: PlayerSound;
  #playback: Playback = 'idle';
  #unsupportedCodec: string | undefined;
  #captions: readonly string[] = [];
  /** Pictures of the stream have been shown, also before a load after a fault: a wait is a stall now. */
  #hasPlayed = false;
  /** The source lists more than when it was loaded: it is loaded again as soon as it plays. */
  #isOutdated = false;

  constructor(options: PlayerOptions) {
    this.#video = options.video;
    this.#place = new ViewerPlace(options.video);
    this.#watch = new PlaybackWatch(options.video);
    this.#options = options;
    this.#wantsPlay = options.autoplay;
    this.#sound = new PlayerSound(options.video, options.muted);
    this.#listen();
    window.setInterval(() => this.#tick(), TICK_MS);
  }

  get playback(): Playback {
    return this.#playback;
  }

  /** Whether the viewer's own line keeps up, and how often playback stalled. */
  get health(): Pick<PlaybackWatch, 'line' | 'stalls'> {
    return this.#watch;
  }

  /** There is sound that the viewer does not hear and did not switch off. One press turns it on. */
  get lacksSound(): boolean {
    return this.#sound.isLacking(this.#source?.codecs);
  }

  /** What could not be decoded, when playback is `unsupported`. */
  get unsupportedCodec(): string | undefined {
    return this.#unsupportedCodec;
  }

  /** Names of the captions in the stream, even before the source lists them. */
  get captions(): readonly string[] {
    return this.#captions;
  }

  /** The engine that plays now, read-only. */
  get engine(): EngineView | undefined {
    return this.#engines.current;
  }

  /** The position of playback, in the seconds of `playableRange`. */
  get positionS(): number {
    return this.#place.positionS;
  }

  /** Acts on the stream's state. Call this with every status. */
  follow(source: StreamSource): void {
    this.#streamState = source.state;
    this.#captions = source.captions ?? [];
    this.#watch.excuse();
    if (source.state === 'live') this.#source = source; // one that is kept may have other tracks now
    switch (sourceAction(source.state, this.#held())) {
      case 'load':
        this.#freshStart.reset();
        if (this.#playback !== 'denied') this.#place.forget(); // with another token the same stream goes on
        if (this.#wantsPlay) void this.#loadSource(source);
        else this.#offer();
        break;
      case 'finish':
        this.#source = undefined;
        this.#freshStart.cancel();
        this.#playOut.begin(this.#place.isShifted, () => this.#finish());
        this.#engines.current?.refresh();
        break;
      case 'release':
        this.#source = undefined;
        this.#release();
        this.#set('idle');
        break;
      case 'keep':
        // `live` arrives when it begins, and again when the page has reconnected to the gateway.
        if (source.state === 'live') this.#goOn(source);
        // A source that was never loaded is gone with the stream.
        if (source.state === 'ended' || source.state === 'offline') this.#source = undefined;
        if (this.#engines.current === undefined && this.#source === undefined) this.#set('idle');
        break;
    }
  }

  /** Plays after a viewer's gesture. Loads first when nothing is loaded yet. */
  play(): void {
    this.#wantsPlay = true;
    if (this.#engines.current !== undefined) {
      void this.#start();
    } else if (this.#source !== undefined) {
      // WebKit allows later playback only if play() was called on the element inside the gesture.
      this.#video.play().catch(() => undefined);
      void this.#loadSource(this.#source);
    }
  }

  /** The source lists other captions than before: loads it again, now or when playback continues. */
  reload(): void {
    // A load that is in progress or still to come lists them already.
    if (this.#engines.current === undefined) return;
    this.#isOutdated = true;
    this.#renew();
  }

  /** The loaded source lists everything after all: no reload is needed. */
  keep(): void {
    this.#isOutdated = false;
  }

  pause(): void {
    // The element reports the pause later, and only when it already has a source.
    this.#wantsPlay = false;
    this.#video.pause();
    if (this.#engines.current === undefined && this.#playback === 'loading') this.#offer();
  }

  toggle(): void {
    if (this.#video.paused) this.play();
    else this.pause();
  }

  /** Goes to `seconds` behind live, or the nearest playable position. Does nothing in a stream without a past. */
  seekBehindLive(seconds: number): void {
    if (this.#place.seekBehindLive(this.#engines.current?.playableRange(), seconds)) this.#options.onChange();
  }

  /** As `seekBehindLive`, relative to the current position; negative seconds go back. */
  seekBy(seconds: number): void {
    const range = this.#engines.current?.playableRange();
    if (range !== undefined) this.seekBehindLive(range.endS - this.positionS - seconds);
  }

  /** The wanted distance from live has changed: goes there. */
  changeDistance(): void {
    this.#watch.forget();
    if (!this.#place.isShifted) this.#watch.jumpToLive(this.#engines.current);
    this.#options.onChange();
  }

  /** Goes back to the live edge and plays. */
  goLive(): void {
    this.#place.goLive();
    this.#watch.jumpToLive(this.#engines.current);
    if (this.#video.paused) this.play();
  }

  /** The viewer switches the sound on or off. */
  setMuted(isMuted: boolean): void {
    this.#sound.set(isMuted);
    this.#options.onChange();
  }

  /** Loads an outdated source again. Returns whether it did. */
  #renew(wasPaused = false): boolean {
    const isIdle = this.#engines.current === undefined || this.#video.paused || this.#streamState !== 'live';
    if (!this.#isOutdated || isIdle || this.#source === undefined) return false;
    this.#place.keep(this.#engines.current?.playableRange(), wasPaused);
    void this.#loadSource(this.#source);
    return true;
  }

  #goOn(source: StreamSource): void {
    if (this.#renew()) return;
    if (this.#engines.current !== undefined) this.#engines.current.refresh();
    else if (this.#freshStart.isToCome) void this.#loadSource(source);
  }

  #held(): HeldSource {
    if (this.#engines.current === undefined && this.#playback !== 'loading') return 'none';
    return this.#playOut.isOver || this.#engines.current?.hasEnded() === true ? 'over' : 'current';
  }

  async #loadSource(source: StreamSource): Promise<void> {
    this.#release();
    this.#playOut.reset();
    this.#isOutdated = false;
    this.#unsupportedCodec = firstUnsupported(source.codecs);
    if (this.#unsupportedCodec !== undefined) {
      this.#set('unsupported');
      return;
    }
    const isCurrent = this.#engines.mark();
    const { startAt } = this.#place;
    this.#set('loading');
    try {
      await this.#engines.load({
        video: this.#video,
        url: source.url,
        startAt,
        latencyMode: this.#options.latencyMode,
        onFailure: (failure) => this.#fail(failure),
      });
      if (!isCurrent()) return;
      this.#place.arrive(startAt);
      this.#watch.excuse();
      await this.#start();
    } catch (error) {
      if (isCurrent()) this.#fail({ kind: 'broken', detail: String(error) });
    }
  }

  async #start(): Promise<void> {
    const isCurrent = this.#engines.mark();
    const outcome = await startPlayback(this.#video);
    if (!isCurrent()) return;
    if (outcome === 'playing-muted') this.#sound.refused();
    if (outcome !== 'denied') return this.#options.onChange();
    this.#wantsPlay = false;
    this.#pauseTime.begin();
    this.#set('waiting-for-click');
  }

  #fail(failure: EngineFailure): void {
    this.#keepPlace(failure);
    this.#release();
    if (failure.kind === 'unsupported' || failure.kind === 'denied') {
      this.#unsupportedCodec = failure.kind === 'denied' ? undefined : (failure.codec ?? '');
      this.#set(failure.kind);
      return;
    }
    if (!this.#wantsPlay) {
      this.#offer();
      return;
    }
    console.warn(`sluice: loading the stream again: ${failure.detail}`);
    this.#set('loading');
    this.#freshStart.schedule(failure.kind === 'replaced', () => {
      // In other states the playlist may be gone; `follow` loads when the stream is live again.
      if (this.#streamState === 'live' && this.#source !== undefined) void this.#loadSource(this.#source);
      else this.#set('idle');
    });
  }

  /** Where playback continues after a failure. After a second failure at the same place it continues at live. */
  #keepPlace(failure: EngineFailure): void {
    if (failure.kind === 'replaced') this.#place.keepBehind(failure.behindS ?? 0);
    else if (failure.kind === 'denied' || this.#freshStart.keepsPlace(performance.now()))
      this.#place.keep(this.#engines.current?.playableRange());
    else this.#place.forget();
  }

  /** The viewer has paused or never started: nothing plays until a press, which plays what is live then. */
  #offer(): void {
    this.#release();
    this.#place.forget();
    this.#set(this.#source === undefined ? 'idle' : 'waiting-for-click');
  }

  /** When a playlist ended properly its last picture stays. Any other picture no longer belongs to the stream. */
  #finish(): void {
    if (this.#playback === 'ended') return;
    this.#release();
    this.#set('idle');
  }

  #release(): void {
    this.#playOut.cancel();
    this.#freshStart.cancel();
    this.#place.goLive();
    if (this.#engines.current !== undefined) this.#options.onRelease?.();
    this.#engines.release();
    this.#pauseTime.forget();
  }

  #listen(): void {
    const video = this.#video;
    video.addEventListener('playing', () => this.#set('playing'));
    video.addEventListener('waiting', () => this.#set('buffering'));
    video.addEventListener('ended', () => this.#set('ended'));
    video.addEventListener('volumechange', () => this.#options.onChange());
    video.addEventListener('play', () => {
      if (!video.paused) this.#wantsPlay = true; // the event is late: playback may have been paused since
      const pausedMs = this.#pauseTime.end();
      if (!this.#renew(pausedMs > 0) && pausedMs > 0) this.#resume(pausedMs);
    });
    video.addEventListener('pause', () => {
      if (video.ended || this.#engines.current === undefined) return;
      this.#wantsPlay = false;
      this.#pauseTime.begin();
      this.#set('paused');
    });
    // A repaired media source is paused. One that begins with a hole never becomes ready while it is paused.
    video.addEventListener('loadedmetadata', () => {
      if (this.#wantsPlay && video.paused && !video.ended && this.#engines.current !== undefined)
        void this.#start();
    });
  }

  #tick(): void {
    const engine = this.#engines.current;
    if (engine === undefined) return;
    this.#place.keep(engine.playableRange()); // after a failed repair there is no position to read
    const [{ paused }, isLive] = [this.#video, this.#streamState === 'live'];
    const isWaiting = isLive && (this.#playback === 'loading' || this.#playback === 'buffering');
    const movement = this.#watch.look(engine, {
      isExcused: (paused && !this.#wantsPlay) || !isLive, // a repair pauses too
      isWaiting,
      isStalled: isWaiting && this.#hasPlayed,
      isShifted: this.#place.isShifted,
    });
    if (movement === 'played' && !paused) this.#freshStart.reset();
    if (movement === 'stuck') this.#fail({ kind: 'broken', detail: 'the picture stands still' });
    else this.#options.onChange();
  }

  /** A stream with a past continues where it was paused, or at the oldest position left. Any other continues at live. */
  #resume(pausedMs: number): void {
    if (isShifted(this.#engines.current?.playableRange(), this.positionS)) this.seekBy(0);
    else if (pausedMs > LONG_PAUSE_MS) this.#watch.jumpToLive(this.#engines.current);
  }

  #set(playback: Playback): void {
    // While nothing is attached, the events of the empty element say nothing about the stream.
    const isFromElement = playback === 'playing' || playback === 'buffering' || playback === 'ended';
    if (isFromElement && this.#engines.current === undefined) return;
    // play() without media begins with a wait too.
    this.#playback = playback === 'buffering' && !this.#hasPlayed ? 'loading' : playback;
    if (!['loading', 'buffering', 'paused'].includes(playback)) this.#hasPlayed = playback === 'playing';
    this.#options.onChange();
  }
}
