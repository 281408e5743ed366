// The stage: the video and the layers over it. Its data attributes say what it shows, for style sheets,
// tests and anyone who looks: data-state, data-playback, data-playing, data-latency-ms,
// data-behind-ms (of the target), data-link.
import { controlBar } from './control-bar.ts';
import { element, setData } from './element.ts';
import type { Link } from './live-status.ts';
import { Player } from './player.ts';
import type { PlayerOptions } from './player-options.ts';
import { bindShortcuts } from './shortcuts.ts';
import type { StreamSource } from './source-action.ts';
import { type StageLayers, stageLayers } from './stage-layers.ts';
import { stageView, type ViewState } from './stage-view.ts';
import type { LayerWords } from './state-words.ts';
import { words } from './words.ts';

/** Controls fade this long after the last movement of a pointer. */
const IDLE_MS = 2_500;

/** What the stage cannot know by itself. */
export type StageFacts = LayerWords & {
  readonly state: ViewState;
  readonly latencyMs: number | undefined;
  readonly link: Link;
};

/** The player's picture with everything over it. */
export class Stage {
  readonly node: HTMLElement;
  readonly player: Player;
  readonly #video = element('video', { class: 'stage-video', playsinline: '', tabindex: '-1' });
  readonly #layers: StageLayers;
  readonly #controls: ReturnType<typeof controlBar>;
  #idleTimer: number | undefined;

  constructor(name: string, options: PlayerOptions, onChange: () => void) {
    this.#video.muted = options.muted;
    this.player = new Player({ video: this.#video, autoplay: options.autoplay, onChange });
    this.#layers = stageLayers({
      onPlay: () => this.player.play(),
      onSound: () => this.player.setMuted(false),
    });
    this.node = element('section', {
      class: 'stage',
      'aria-label': words.player.region(name),
      tabindex: '-1',
    });
    const controls = controlBar({ stage: this.node, video: this.#video, player: this.player });
    this.#controls = controls;
    this.node.append(this.#video, ...this.#layers.nodes);
    if (options.controls) this.node.append(controls.node);
    if (options.keyboard)
      bindShortcuts({
        stage: this.node,
        video: this.#video,
        player: this.player,
        toggleCaptions: controls.toggleCaptions,
      });
    this.#bindPointer(options.controls);
  }

  /** Hands the stream's state to the player. */
  follow(source: StreamSource): void {
    this.player.follow(source);
  }

  /** Draws what is so now; cheap enough to be called at every change. */
  show(facts: StageFacts): void {
    const { playback } = this.player;
    const view = stageView({ state: facts.state, playback });
    const isPlaying = playback === 'playing';
    this.#layers.show(
      {
        ...view,
        sound: this.player.isMutedByBrowser && isPlaying,
        audioOnly: isPlaying && !view.card && this.#video.videoWidth === 0,
      },
      facts,
    );
    this.#controls.show({
      isLive: facts.state === 'live' && this.#video.readyState > HTMLMediaElement.HAVE_NOTHING,
      isPaused: this.#video.paused,
      behindMs: this.player.behindMs,
      latencyMs: facts.latencyMs,
    });
    // These hide the bar: keys go on to work for the player where the button under them is no more.
    const isBarHidden = view.card || view.bigPlay;
    if (isBarHidden && this.#controls.node.contains(document.activeElement)) this.node.focus();
    this.#expose(facts);
  }

  #expose(facts: StageFacts): void {
    const { playback } = this.player;
    setData(this.node, 'state', facts.state);
    setData(this.node, 'playback', playback);
    setData(this.node, 'playing', String(playback === 'playing'));
    setData(this.node, 'link', facts.link === 'socket' ? 'up' : facts.link);
    setData(this.node, 'latencyMs', facts.latencyMs?.toFixed(0));
    setData(this.node, 'behindMs', this.player.behindMs?.toFixed(0));
  }

  /**
   * A mouse click on the picture plays and pauses; any movement shows the controls for a while. A finger
   * only shows them, unless there are none and the picture is all there is to touch.
   */
  #bindPointer(hasControls: boolean): void {
    this.#video.addEventListener('click', (event) => {
      const isMouse = !(event instanceof PointerEvent) || event.pointerType === 'mouse';
      if ((isMouse || !hasControls) && this.player.playback !== 'idle') this.player.toggle();
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
