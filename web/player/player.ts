// The video's life: loads a source only once the stream is live, keeps it through stalls and reconnects,
// starts afresh when playback is beyond repair, and jumps to live after a long pause.
import type { StreamState } from '../../server/stats/stats-message.ts';
import { FreshStart } from './fresh-start.ts';
import { LiveJump } from './live-jump.ts';
import type { Playback } from './playback.ts';
import { createEngine, type EngineFailure, type EngineView, type PlaybackEngine } from './playback-engine.ts';
import type { PlayerOptions } from './player-options.ts';
import { PlayerSound } from './player-sound.ts';
import { SlowLine } from './slow-line.ts';
import { type HeldSource, type StreamSource, sourceAction } from './source-action.ts';
import { Standstill } from './standstill.ts';
import { LIVE, placeAfter, placeOf, type StartAt } from './start-at.ts';
import { startPlayback } from './start-playback.ts';
import { canShift, isShifted, playablePosition } from './time-shift.ts';
import { firstUnsupported } from './unsupported-codec.ts';

const TICK_MS = 250;
/** A pause longer than this is not "hold on a moment": without a past to go on in, coming back means back to live. */
const LONG_PAUSE_MS = 5_000;
/** Going there is no seek, which would cost a moment of silence. */
const SAME_PLACE_S = 0.1;
/** What is still buffered when a stream ends is shorter than this in low-latency play; then it is over, said or not. */
const PLAY_OUT_MS = 6_000;

/** Drives one video element. */
export class Player {
  /** Whether the viewer's own line keeps up. */
  readonly line = new SlowLine();
  readonly #video: HTMLVideoElement;
  readonly #onChange: () => void;
  readonly #isStable: () => boolean;
  readonly #freshStart = new FreshStart();
  readonly #standstill = new Standstill();
  #engine: PlaybackEngine | undefined;
  #source: StreamSource | undefined;
  #streamState: StreamState = 'offline';
  #isOver = false;
  #wantsPlay: boolean;
  readonly #sound: PlayerSound;
  #playback: Playback = 'idle';
  #unsupportedCodec: string | undefined;
  #captions: readonly string[] = [];
  /** Counts loads, so that an answer to an earlier one is recognised as late. */
  #load = 0;
  #endTimer: number | undefined;
  /** Where the load that is under way, or comes next, begins. */
  #startAt: StartAt = LIVE;
  /** The viewer watches behind live, and means to. */
  #isShifted = false;
  /** The source lists more than it did when it was loaded: it is loaded again as soon as it plays. */
  #isOutdated = false;
  #pausedAtMs: number | undefined;
  readonly #liveJump = new LiveJump();

  constructor(options: PlayerOptions) {
    this.#video = options.video;
    this.#onChange = options.onChange;
    this.#isStable = options.isStable;
    this.#wantsPlay = options.autoplay;
    this.#sound = new PlayerSound(options.video, options.muted);
    this.#listen();
    window.setInterval(() => this.#tick(), TICK_MS);
  }

  get playback(): Playback {
    return this.#playback;
  }

  /** There is sound that the viewer does not hear, and did not switch off: one gesture brings it. */
  get lacksSound(): boolean {
    return this.#sound.isLacking(this.#source?.codecs);
  }

  /** What could not be decoded, when playback is `unsupported`. */
  get unsupportedCodec(): string | undefined {
    return this.#unsupportedCodec;
  }

  /** Names of the captions that the stream carries, whether or not the source lists them already. */
  get captions(): readonly string[] {
    return this.#captions;
  }

  /** What plays now, to be read only. */
  get engine(): EngineView | undefined {
    return this.#engine;
  }

  /** Where playback stands, in the seconds of `playableRange`. */
  get positionS(): number {
    return this.#video.currentTime;
  }

  /** Acts on the stream's state; to be called with every status. */
  follow(source: StreamSource): void {
    this.#streamState = source.state;
    this.#captions = source.captions ?? [];
    this.#standstill.excuse(performance.now());
    switch (sourceAction(source.state, this.#held())) {
      case 'load':
        this.#source = source;
        this.#freshStart.reset();
        this.#startAt = LIVE;
        if (this.#wantsPlay) void this.#loadSource(source);
        else this.#offer();
        break;
      case 'finish':
        this.#isOver = true;
        this.#source = undefined;
        this.#freshStart.cancel();
        window.clearTimeout(this.#endTimer);
        if (!this.#isShifted) this.#endTimer = window.setTimeout(() => this.#playOut(), PLAY_OUT_MS);
        this.#engine?.refresh();
        break;
      case 'release':
        this.#source = undefined;
        this.#release();
        this.#set('idle');
        break;
      case 'keep':
        // `live` is told when it begins, and again to a page that has found back to the gateway.
        if (source.state === 'live') this.#goOn(source);
        // A source that was offered but never loaded is gone with the stream.
        if (source.state === 'ended' || source.state === 'offline') this.#source = undefined;
        if (this.#engine === undefined && this.#source === undefined) this.#set('idle');
        break;
    }
  }

  /** Plays, from a viewer's gesture: loads first when nothing is loaded yet. */
  play(): void {
    this.#wantsPlay = true;
    if (this.#engine !== undefined) {
      void this.#start();
    } else if (this.#source !== undefined) {
      // WebKit lets an element play later only if play() was called on it inside the gesture.
      this.#video.play().catch(() => undefined);
      void this.#loadSource(this.#source);
    }
  }

  /** What the source lists besides the picture has changed: it is loaded again, now or when playback goes on. */
  reload(): void {
    // A load that is under way, or still to come, lists it.
    if (this.#engine === undefined) return;
    this.#isOutdated = true;
    this.#renew();
  }

  /** What is loaded lists all that is wanted, after all. */
  keep(): void {
    this.#isOutdated = false;
  }

  pause(): void {
    // The element tells it later, and only of a source that is there already.
    this.#wantsPlay = false;
    this.#video.pause();
    if (this.#engine === undefined && this.#playback === 'loading') this.#offer();
  }

  toggle(): void {
    if (this.#video.paused) this.play();
    else this.pause();
  }

  /** Goes to `seconds` behind live, as near to it as can be played; without a past to go back to it does nothing. */
  seekBehindLive(seconds: number): void {
    const range = this.#engine?.playableRange();
    if (!canShift(range)) return;
    const positionS = playablePosition(range, range.endS - Math.max(0, seconds));
    this.#isShifted = isShifted(range, positionS);
    if (Math.abs(positionS - this.positionS) > SAME_PLACE_S) this.#video.currentTime = positionS;
    this.#onChange();
  }

  /** As `seekBehindLive`, from where playback stands; negative seconds lead back. */
  seekBy(seconds: number): void {
    const range = this.#engine?.playableRange();
    if (range !== undefined) this.seekBehindLive(range.endS - this.positionS - seconds);
  }

  /** The distance from live that is wanted has changed: goes there. */
  changeDistance(): void {
    this.line.forget();
    if (!this.#isShifted) this.#jump();
    this.#onChange();
  }

  /** Back to the live edge, playing. */
  goLive(): void {
    this.#isShifted = false;
    this.#jump();
    if (this.#video.paused) this.play();
  }

  /** Sound on or off by the viewer's own will. */
  setMuted(isMuted: boolean): void {
    this.#sound.set(isMuted);
    this.#onChange();
  }

  /** Returns whether it had to, and could. */
  #renew(wasPaused = false): boolean {
    const isIdle = this.#engine === undefined || this.#video.paused || this.#streamState !== 'live';
    if (!this.#isOutdated || isIdle || this.#source === undefined) return false;
    this.#startAt = this.#place(wasPaused);
    void this.#loadSource(this.#source);
    return true;
  }

  /** Where to go on in another load of the source. */
  #place(wasPaused = false): StartAt {
    const range = this.#engine?.playableRange();
    // Nothing is there yet of the load that is under way.
    if (range === undefined || this.#video.readyState === 0) return this.#startAt;
    return placeOf(range, this.positionS, this.#isShifted || wasPaused);
  }

  /** The same, where it is this that has failed: what fails again at its place is given up for live. */
  #placeAfter(failure: EngineFailure): StartAt {
    if (failure.kind === 'replaced') return placeAfter(failure.behindS ?? 0, this.#isShifted);
    return this.#freshStart.keepsPlace(performance.now()) ? this.#place() : LIVE;
  }

  #goOn(source: StreamSource): void {
    if (this.#renew()) return;
    if (this.#engine !== undefined) this.#engine.refresh();
    else if (this.#freshStart.isToCome) void this.#loadSource(source);
  }

  #held(): HeldSource {
    if (this.#engine === undefined && this.#playback !== 'loading') return 'none';
    return this.#isOver || this.#engine?.hasEnded() === true ? 'over' : 'current';
  }

  async #loadSource(source: StreamSource): Promise<void> {
    this.#release();
    this.#isOver = false;
    this.#isOutdated = false;
    this.#unsupportedCodec = firstUnsupported(source.codecs);
    if (this.#unsupportedCodec !== undefined) {
      this.#set('unsupported');
      return;
    }
    const load = this.#load;
    const startAt = this.#startAt;
    this.#set('loading');
    try {
      const engine = await createEngine({
        video: this.#video,
        url: source.url,
        startAt,
        isStable: this.#isStable,
        onFailure: (failure) => {
          if (load === this.#load) this.#fail(failure);
        },
      });
      if (load !== this.#load) {
        engine.destroy();
        return;
      }
      this.#engine = engine;
      this.#isShifted = startAt.kind === 'behind';
      this.#standstill.excuse(performance.now());
      await this.#start();
    } catch (error) {
      if (load === this.#load) this.#fail({ kind: 'broken', detail: String(error) });
    }
  }

  async #start(): Promise<void> {
    const load = this.#load;
    const outcome = await startPlayback(this.#video);
    if (load !== this.#load) return;
    if (outcome === 'playing-muted') this.#sound.refused();
    if (outcome === 'denied') {
      this.#wantsPlay = false;
      this.#pausedAtMs = performance.now();
      this.#set('waiting-for-click');
    }
    this.#onChange();
  }

  #fail(failure: EngineFailure): void {
    this.#startAt = this.#placeAfter(failure);
    this.#release();
    if (failure.kind === 'unsupported') {
      this.#unsupportedCodec = failure.codec ?? '';
      this.#set('unsupported');
      return;
    }
    if (!this.#wantsPlay) {
      this.#offer();
      return;
    }
    console.warn(`sluice: starting playback afresh: ${failure.detail}`);
    this.#set('loading');
    this.#freshStart.schedule(failure.kind === 'replaced', () => {
      // In any other state the playlist may be gone; `follow` loads when the stream is live again.
      if (this.#streamState === 'live' && this.#source !== undefined) void this.#loadSource(this.#source);
      else this.#set('idle');
    });
  }

  /** For who has paused, or never begun: nothing plays, nor will by itself; one press plays what is live then. */
  #offer(): void {
    this.#release();
    this.#startAt = LIVE;
    this.#set(this.#source === undefined ? 'idle' : 'waiting-for-click');
  }

  /** The last picture of a playlist that ended properly stays; anything else is not the stream's any more. */
  #playOut(): void {
    if (this.#playback === 'ended') return;
    this.#release();
    this.#set('idle');
  }

  #release(): void {
    this.#load += 1;
    window.clearTimeout(this.#endTimer);
    this.#freshStart.cancel();
    this.#isShifted = false;
    this.#engine?.destroy();
    this.#engine = undefined;
    this.#pausedAtMs = undefined;
  }

  #listen(): void {
    const video = this.#video;
    video.addEventListener('playing', () => this.#set('playing'));
    video.addEventListener('waiting', () => this.#set('buffering'));
    video.addEventListener('ended', () => this.#set('ended'));
    video.addEventListener('volumechange', () => this.#onChange());
    video.addEventListener('play', () => {
      if (!video.paused) this.#wantsPlay = true; // told late: a pause may have come since
      const pausedMs = this.#pausedAtMs === undefined ? 0 : performance.now() - this.#pausedAtMs;
      this.#pausedAtMs = undefined;
      if (!this.#renew(pausedMs > 0) && pausedMs > 0) this.#resume(pausedMs);
    });
    video.addEventListener('pause', () => {
      if (video.ended || this.#engine === undefined) return;
      this.#wantsPlay = false;
      this.#pausedAtMs = performance.now();
      this.#set('paused');
    });
    // A repaired media source comes back paused, and what begins with a hole is never ready to play while it is.
    video.addEventListener('loadedmetadata', () => {
      if (this.#wantsPlay && video.paused && !video.ended && this.#engine !== undefined) void this.#start();
    });
  }

  #tick(): void {
    if (this.#engine === undefined) return;
    this.#startAt = this.#place(); // a repair that fails leaves no position to read it from
    const nowMs = performance.now();
    const { currentTime, paused } = this.#video;
    const isExcused = (paused && !this.#wantsPlay) || this.#streamState !== 'live'; // a repair pauses as well
    const movement = this.#standstill.look(nowMs, currentTime, isExcused);
    if (movement === 'played' && !paused) this.#freshStart.reset();
    if (movement === 'stuck') return this.#fail({ kind: 'broken', detail: 'the picture stands still' });
    const behindMs = this.#engine.behindMs();
    this.line.look(nowMs, {
      isWaiting: this.#playback === 'buffering' && this.#streamState === 'live',
      missingMs: this.#engine.missingMs() ?? 0,
      isThroughputLow: this.#engine.isThroughputLow(),
    });
    if (this.#isShifted) this.#video.playbackRate = 1;
    else if (
      !paused &&
      behindMs !== undefined &&
      this.#liveJump.look(nowMs, { behindMs, isBuffered: this.#engine.canJump() })
    )
      this.#engine.jumpToLive();
    else if (!paused) this.#engine.keepUp();
    this.#onChange();
  }

  /** A stream with a past goes on where it was paused, as far as that is still there; any other goes on live. */
  #resume(pausedMs: number): void {
    if (isShifted(this.#engine?.playableRange(), this.positionS)) this.seekBy(0);
    else if (pausedMs > LONG_PAUSE_MS) this.#jump();
  }

  #jump(): void {
    this.#liveJump.jumped(performance.now());
    this.#engine?.jumpToLive();
  }

  #set(playback: Playback): void {
    // While nothing is attached, events of the emptied element say nothing about the stream.
    const isFromElement = playback === 'playing' || playback === 'buffering' || playback === 'ended';
    if (isFromElement && this.#engine === undefined) return;
    this.#playback = playback;
    this.#onChange();
  }
}
