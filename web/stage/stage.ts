// The stage: the video and the layers over it. Its data attributes describe what it shows, for style sheets and tests:
// data-state, data-playback, data-playing, data-latency-ms, data-behind-ms (behind the target), data-link (the WebSocket:
// up, down), data-news (by socket, http, or down).

import type { Link } from '../live/live-status.ts';
import { element, setData } from '../page/element.ts';
import type { QueryOptions } from '../page/query-options.ts';
import { isStable, keyboardChoice, latencyChoice } from '../page/viewer-choices.ts';
import { words } from '../page/words.ts';
import { Player } from '../player/player.ts';
import type { StreamSource } from '../player/source-action.ts';
import { controlBar } from './control-bar.ts';
import { PicturePress } from './picture-press.ts';
import { bindShortcuts } from './shortcuts.ts';
import { type StageLayers, stageLayers } from './stage-layers.ts';
import { stageView, type ViewState } from './stage-view.ts';
import type { LayerWords } from './state-words.ts';
import { toggleFullscreen } from './window-modes.ts';

/** Controls fade this long after the last pointer movement. */
const IDLE_MS = 2_500;

/** What the stage cannot know by itself. */
export type StageFacts = LayerWords & {
  readonly state: ViewState;
  readonly latencyMs: number | undefined;
  readonly link: Link;
};

export type StageOptions = {
  readonly name: string;
  readonly query: QueryOptions;
  readonly keyScope: 'page' | 'stage';
};

/** The video with everything over it. */
export class Stage {
  readonly node: HTMLElement;
  readonly player: Player;
  readonly #video = element('video', { class: 'stage-video', playsinline: '', tabindex: '-1' });
  readonly #layers: StageLayers;
  readonly #controls: ReturnType<typeof controlBar>;
  #idleTimer: number | undefined;

  constructor({ name, query, keyScope }: StageOptions, onChange: () => void) {
    this.player = new Player({
      video: this.#video,
      autoplay: query.autoplay,
      muted: query.muted,
      isStable,
      onChange,
    });
    this.#layers = stageLayers({
      onPlay: () => this.player.play(),
      onSound: () => this.player.setMuted(false),
      onStable: () => this.setStable(true),
    });
    this.node = element('section', {
      class: 'stage',
      'aria-label': words.player.region(name),
      tabindex: '-1',
    });
    const controls = controlBar({
      stage: this.node,
      video: this.#video,
      player: this.player,
      onLowLatency: () => this.setStable(false),
    });
    this.#controls = controls;
    this.node.append(this.#video, ...this.#layers.nodes);
    if (query.controls) this.node.append(controls.node);
    if (query.keyboard)
      bindShortcuts({
        stage: this.node,
        video: this.#video,
        player: this.player,
        toggleCaptions: controls.toggleCaptions,
        scope: keyScope,
        isOn: () => keyboardChoice.value !== 'off',
      });
    this.#bindPointer(query.controls);
  }

  /** Three segments behind live, or as near to live as possible. Stored for every stream on this device. */
  setStable(isWanted: boolean): void {
    latencyChoice.choose(isWanted ? 'stable' : undefined);
    this.player.changeDistance();
  }

  /** Passes the stream's state to the player. */
  follow(source: StreamSource): void {
    this.player.follow(source);
  }

  /** Shows the current state. Fast enough for every change. */
  show(facts: StageFacts): void {
    const { playback } = this.player;
    const view = stageView({ state: facts.state, playback });
    const isPlaying = playback === 'playing';
    const isAudioOnly = isPlaying && this.#video.videoWidth === 0;
    setData(this.node, 'audioOnly', isAudioOnly ? '' : undefined);
    const { videoWidth, videoHeight } = this.#video;
    if (videoWidth > 0) setData(this.node, 'shape', videoHeight > videoWidth ? 'portrait' : 'landscape');
    this.#layers.show(
      {
        ...view,
        sound: this.player.lacksSound && isPlaying,
        audioOnly: isAudioOnly && !view.card,
        slowLine: facts.state === 'live' && !view.card && this.player.line.verdict !== 'fine',
        stableOffer: this.player.line.verdict === 'offer' && !isStable(),
      },
      facts,
    );
    this.#controls.show({
      isLive: facts.state === 'live' && this.#video.readyState > HTMLMediaElement.HAVE_NOTHING,
      isPaused: this.#video.paused,
      behindMs: this.player.engine?.behindMs(),
      latencyMs: facts.latencyMs,
      isStable: isStable(),
    });
    // These hide the bar. The focus moves, so that keys still work for the player when the focused button disappears.
    const isBarHidden = view.card || view.bigPlay;
    if (isBarHidden && this.#controls.node.contains(document.activeElement)) this.node.focus();
    this.#expose(facts);
  }

  #expose(facts: StageFacts): void {
    const { playback } = this.player;
    setData(this.node, 'state', facts.state);
    setData(this.node, 'playback', playback);
    setData(this.node, 'playing', String(playback === 'playing'));
    setData(this.node, 'link', facts.link === 'socket' ? 'up' : 'down');
    setData(this.node, 'news', facts.link);
    setData(this.node, 'line', this.player.line.verdict);
    setData(this.node, 'latencyMs', facts.latencyMs?.toFixed(0));
    setData(this.node, 'behindMs', this.player.engine?.behindMs()?.toFixed(0));
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
