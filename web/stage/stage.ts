// The stage: the video and the layers over it. Its data attributes describe what it shows, for style sheets and tests:
// data-state, data-playback, data-playing, data-latency-ms, data-behind-ms (behind the target), data-link (the WebSocket:
// up, down), data-news (by socket, http, or down), data-latency-mode.

import type { Link } from '../live/live-status.ts';
import { brandName } from '../page/brand.ts';
import { element, setData } from '../page/element.ts';
import type { QueryOptions } from '../page/query-options.ts';
import { keyboardChoice, latencyChoice } from '../page/viewer-choices.ts';
import { isLatencyMode, type LatencyMode } from '../player/latency-mode.ts';
import { Player } from '../player/player.ts';
import type { StreamSource } from '../player/source-action.ts';
import { isBehindLive } from '../player/time-shift.ts';
import { words } from '../words/stream.ts';
import { CaptionStyle } from './caption-style.ts';
import { type ControlBar, controlBar } from './control-bar.ts';
import { DeviceSession } from './device-session.ts';
import { LastPicture } from './last-picture.ts';
import { type NerdStats, nerdStats } from './nerd-stats.ts';
import { PicturePress } from './picture-press.ts';
import { SettingsMenu } from './settings-menu.ts';
import { bindShortcuts } from './shortcuts.ts';
import { slowNotice } from './slow-notice.ts';
import { type StageLayers, stageLayers } from './stage-layers.ts';
import { stageView, type ViewState } from './stage-view.ts';
import type { LayerWords } from './state-words.ts';
import { StatsOverlay } from './stats-overlay.ts';
import { toggleFullscreen } from './window-modes.ts';

/** Controls fade this long after the last pointer movement. */
const IDLE_MS = 2_500;

/** What the stage cannot know by itself. */
export type StageFacts = LayerWords & {
  readonly state: ViewState;
  readonly latencyMs: number | undefined;
  readonly link: Link;
  readonly codecs?: string | undefined;
};

export type StageOptions = {
  readonly name: string;
  readonly query: QueryOptions;
  readonly keyScope: 'page' | 'stage';
};

/** States in which the viewer may see what was shown before. */
const KEEPS_PICTURE: ReadonlySet<ViewState> = new Set([
  'connecting',
  'starting',
  'live',
  'stalled',
  'reconnecting',
  'ended',
  'unreachable',
  'viewer-offline',
]);

/** The video with everything over it. */
export class Stage {
  readonly node: HTMLElement;
  readonly player: Player;
  readonly #video = element('video', { class: 'stage-video', playsinline: '', tabindex: '-1' });
  readonly #lastPicture = new LastPicture(this.#video);
  readonly #layers: StageLayers;
  readonly #controls: ControlBar;
  readonly #settings: SettingsMenu;
  readonly #stats: StatsOverlay;
  readonly #session: DeviceSession;
  #facts: StageFacts | undefined;
  #isOfferDismissed = false;
  #idleTimer: number | undefined;

  constructor({ name, query, keyScope }: StageOptions, onChange: () => void) {
    this.player = new Player({
      video: this.#video,
      autoplay: query.autoplay,
      muted: query.muted,
      latencyMode,
      onChange,
      onRelease: () => this.#lastPicture.keep(),
    });
    this.node = element('section', {
      class: 'stage',
      'aria-label': words.player.region(name),
      tabindex: '-1',
    });
    this.#layers = this.#createLayers();
    this.#stats = new StatsOverlay(
      () => this.#readStats(),
      () => setData(this.node, 'stats', this.#stats.isShown ? '' : undefined),
    );
    this.#settings = this.#createSettings(query);
    this.#controls = controlBar({
      stage: this.node,
      video: this.#video,
      player: this.player,
      settings: this.#settings,
      onLowLatency: () => this.setLatencyMode('low'),
      wantedCaptions: query.captions,
    });
    this.#session = new DeviceSession({
      title: name,
      artist: brandName(),
      play: () => this.player.play(),
      pause: () => this.player.pause(),
    });
    this.node.append(this.#video, this.#lastPicture.node, ...this.#layers.nodes, this.#stats.node);
    if (query.controls) this.node.append(this.#controls.node, this.#settings.popover.node);
    if (query.keyboard) this.#bindKeys(keyScope);
    if (query.stats) this.#stats.toggle();
    this.#bindPointer(query.controls);
  }

  /** Buttons of the page, on the card of a state. */
  get cardActions(): HTMLElement {
    return this.#layers.cardActions;
  }

  /** How far behind live to play. Stored for every stream on this device. */
  setLatencyMode(mode: LatencyMode): void {
    latencyChoice.choose(mode === 'low' ? undefined : mode);
    this.#isOfferDismissed = false;
    this.player.changeDistance();
  }

  /** Passes the stream's state to the player. */
  follow(source: StreamSource): void {
    this.player.follow(source);
  }

  /** Shows the current state. Fast enough for every change. */
  show(facts: StageFacts): void {
    this.#facts = facts;
    const { playback } = this.player;
    const view = stageView({ state: facts.state, playback });
    const isPlaying = playback === 'playing';
    const { videoWidth, videoHeight } = this.#video;
    const isAudioOnly = isPlaying && videoWidth === 0;
    setData(this.node, 'audioOnly', isAudioOnly ? '' : undefined);
    this.#takeShape(videoWidth, videoHeight);
    this.#keepPicture(view.card, isPlaying);
    const isBare = facts.state !== 'live' || view.card;
    this.#layers.show(
      {
        ...view,
        sound: this.player.lacksSound && isPlaying,
        audioOnly: isAudioOnly && !view.card,
      },
      facts,
      isBare ? undefined : this.#notice(),
    );
    this.#controls.show({
      isLive: facts.state === 'live' && this.#video.readyState > HTMLMediaElement.HAVE_NOTHING,
      isPaused: this.#video.paused,
      behindMs: this.player.engine?.behindMs(),
      latencyMs: facts.latencyMs,
      latencyMode: latencyMode(),
    });
    // These hide the bar. The focus moves, so that keys still work for the player when the focused button disappears.
    const isBarHidden = view.card || view.bigPlay;
    if (isBarHidden) this.#settings.popover.close();
    if (isBarHidden && this.#controls.node.contains(document.activeElement)) this.node.focus();
    this.#stats.show();
    this.#session.show({ isPlaying, isPaused: playback === 'paused', hasPicture: videoWidth > 0 });
    this.#expose(facts);
  }

  /** Pages give the stage the shape of the picture. */
  #takeShape(width: number, height: number): void {
    if (width === 0 || height === 0) return;
    setData(this.node, 'shape', height > width ? 'portrait' : 'landscape');
    const shape = `${width} / ${height}`;
    if (this.node.style.getPropertyValue('--shape') !== shape) this.node.style.setProperty('--shape', shape);
  }

  /** What was shown last stays behind the card. A video at its end still has its picture. */
  #keepPicture(isCard: boolean, isPlaying: boolean): void {
    const state = this.#facts?.state ?? 'unknown';
    if (!KEEPS_PICTURE.has(state) || (isPlaying && !isCard)) this.#lastPicture.forget();
    else if (isCard && this.#lastPicture.node.hidden) this.#lastPicture.keep();
    setData(this.node, 'still', this.#lastPicture.node.hidden ? undefined : '');
  }

  #notice() {
    const { line, stalls } = this.player.health;
    return slowNotice({
      verdict: line.verdict,
      stallsOften: stalls.isTooOften(performance.now()),
      mode: latencyMode(),
      isDismissed: this.#isOfferDismissed,
    });
  }

  #readStats(): NerdStats {
    const video = this.#video;
    const { player } = this;
    const { stalls } = player.health;
    const quality = video.getVideoPlaybackQuality();
    const behindMs = player.engine?.behindMs();
    const range = player.engine?.playableRange();
    const { latencyMs, codecs } = this.#facts ?? {};
    const engine = player.engine?.facts();
    return nerdStats({
      state: this.#facts?.state ?? 'unknown',
      playback: player.playback,
      ...(video.videoWidth > 0 ? { width: video.videoWidth, height: video.videoHeight } : {}),
      ...(latencyMs === undefined ? {} : { latencyMs: Math.round(latencyMs) }),
      ...(behindMs === undefined ? {} : { behindMs: Math.round(behindMs) }),
      ...(codecs === undefined ? {} : { codecs }),
      playbackRate: video.playbackRate,
      decodedFrames: quality.totalVideoFrames,
      droppedFrames: quality.droppedVideoFrames,
      stalls: stalls.count,
      stalledMs: stalls.totalMs,
      latencyMode: latencyMode(),
      news: this.#facts?.link ?? 'down',
      isBehind: range !== undefined && isBehindLive(range.endS - player.positionS),
      isSecure: window.location.protocol === 'https:',
      ...(engine === undefined ? {} : { engine }),
    });
  }

  #expose(facts: StageFacts): void {
    const { playback } = this.player;
    setData(this.node, 'state', facts.state);
    setData(this.node, 'playback', playback);
    setData(this.node, 'playing', String(playback === 'playing'));
    setData(this.node, 'link', facts.link === 'socket' ? 'up' : 'down');
    setData(this.node, 'news', facts.link);
    setData(this.node, 'line', this.player.health.line.verdict);
    setData(this.node, 'latencyMs', facts.latencyMs?.toFixed(0));
    setData(this.node, 'latencyMode', latencyMode());
    setData(this.node, 'behindMs', this.player.engine?.behindMs()?.toFixed(0));
  }

  #createLayers(): StageLayers {
    return stageLayers({
      onPlay: () => this.player.play(),
      onSound: () => this.player.setMuted(false),
      onLatency: (mode) => this.setLatencyMode(mode),
      onDismiss: () => {
        this.#isOfferDismissed = true;
        this.player.health.stalls.forget();
      },
    });
  }

  #createSettings(query: QueryOptions): SettingsMenu {
    return new SettingsMenu({
      player: this.player,
      video: this.#video,
      captionStyle: new CaptionStyle(this.node),
      latencyMode,
      setLatencyMode: (mode) => this.setLatencyMode(mode),
      isStatsShown: () => this.#stats.isShown,
      toggleStats: () => this.#stats.toggle(),
      hasKeyboard: query.keyboard,
    });
  }

  #bindKeys(scope: StageOptions['keyScope']): void {
    bindShortcuts({
      stage: this.node,
      video: this.#video,
      player: this.player,
      toggleCaptions: this.#controls.toggleCaptions,
      toggleStats: () => this.#stats.toggle(),
      scope,
      isOn: () => keyboardChoice.value !== 'off',
    });
  }

  /** Presses on the picture (see PicturePress). Any movement shows the controls for a while. */
  #bindPointer(hasControls: boolean): void {
    const picture = new PicturePress({
      unmute: () => this.player.setMuted(false),
      toggle: () => {
        if (this.player.playback !== 'idle') this.player.toggle();
      },
      fullscreen: () => toggleFullscreen(this.node, this.#video),
    });
    this.#video.addEventListener('click', (event) => {
      picture.press({
        isMouse: !(event instanceof PointerEvent) || event.pointerType === 'mouse',
        count: event.detail,
        lacksSound: this.player.lacksSound && !this.#video.paused,
        isBare: !hasControls,
      });
    });
    const wake = (): void => {
      window.clearTimeout(this.#idleTimer);
      setData(this.node, 'idle', undefined);
      this.#idleTimer = window.setTimeout(() => setData(this.node, 'idle', ''), IDLE_MS);
    };
    for (const event of ['pointermove', 'pointerdown', 'keydown', 'focusin']) {
      this.node.addEventListener(event, wake);
    }
    wake();
  }
}

/** The viewer's choice on this device. */
function latencyMode(): LatencyMode {
  const { value } = latencyChoice;
  return isLatencyMode(value) ? value : 'low';
}
