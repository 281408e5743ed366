// What the watch page and the embed have in common: one stream followed over the socket, one stage.
import type { StatsTopic, StatusMessage, TickMessage } from '../server/stats/stats-message.ts';
import { codecName } from './codec-name.ts';
import { formatDuration } from './format.ts';
import { gatewayRoot, socketUrl } from './gateway-urls.ts';
import { LiveStatus } from './live-status.ts';
import type { Playback } from './playback.ts';
import { warmUpEngine } from './playback-engine.ts';
import type { PlayerOptions } from './player-options.ts';
import { Stage } from './stage.ts';
import type { LayerWords } from './stage-layers.ts';
import { type ViewState, viewState } from './stage-view.ts';
import { words } from './words.ts';

/** What is known about the stream and its picture at one moment. */
export type LiveFacts = {
  readonly state: ViewState;
  readonly status: StatusMessage | undefined;
  readonly tick: TickMessage | undefined;
  readonly latencyMs: number | undefined;
};

export type LivePageOptions = {
  readonly name: string;
  readonly player: PlayerOptions;
  readonly topics: readonly StatsTopic[];
  /** Called at every change, after the stage has been drawn. */
  readonly onFacts: (facts: LiveFacts) => void;
};

/** Only a picture that moves, or could, has an age worth telling. */
const HAS_LATENCY: ReadonlySet<Playback> = new Set(['playing', 'buffering', 'paused']);

/** Follows `name` and keeps its stage up to date. */
export class LivePage {
  readonly stage: Stage;
  readonly root: string;
  readonly #options: LivePageOptions;
  readonly #link: LiveStatus;
  #status: StatusMessage | undefined;
  #tick: TickMessage | undefined;
  #isLinkUp: boolean | undefined;
  /** When the present run went live first, by the server's clock. */
  #liveSinceMs: number | undefined;
  /** How long the run that ended had been live; the end's card tells it. */
  #endedAfterMs: number | undefined;
  #shownState: ViewState | undefined;

  constructor(options: LivePageOptions) {
    this.#options = options;
    this.root = gatewayRoot(window.location);
    this.stage = new Stage(options.name, options.player, () => this.#show());
    this.#link = new LiveStatus({
      url: socketUrl(this.root),
      name: options.name,
      topics: options.topics,
      listener: {
        onStatus: (status) => this.#follow(status),
        onTick: (tick) => {
          if (!this.#isOn()) return; // numbers of a stream that is over would only be zeros
          this.#tick = tick;
          this.#show();
        },
        onLink: (isUp) => {
          this.#isLinkUp = isUp;
          this.#show();
        },
      },
    });
  }

  /** Connects and shows the first state. */
  open(): void {
    if (this.#options.player.autoplay) warmUpEngine();
    this.#show();
    this.#link.open();
    // The text of a held place counts seconds, also while nothing arrives.
    window.setInterval(() => {
      if (this.#shownState === 'reconnecting' || this.#shownState === 'stalled') this.#show();
    }, 1000);
  }

  #follow(status: StatusMessage): void {
    this.#status = status;
    if (status.state === 'live') this.#liveSinceMs ??= status.since;
    if (!this.#isOn()) {
      const sinceMs = this.#liveSinceMs;
      this.#endedAfterMs = sinceMs === undefined ? undefined : Math.max(0, status.since - sinceMs);
      this.#liveSinceMs = undefined;
      this.#tick = undefined;
    }
    const url = new URL(status.hls, this.root).href;
    const { state, codecs, captions = [] } = status;
    this.stage.follow({ state, url, captions, ...(codecs === undefined ? {} : { codecs }) });
    this.#show();
  }

  #isOn(): boolean {
    const state = this.#status?.state;
    return state !== undefined && state !== 'offline' && state !== 'ended';
  }

  #show(): void {
    const { player } = this.stage;
    const state = viewState({
      stream: this.#status?.state,
      isLinkUp: this.#isLinkUp,
      playback: player.playback,
    });
    this.#shownState = state;
    const latencyMs = this.#latencyMs();
    this.stage.show({ ...this.#stateWords(state), state, latencyMs, isLinkUp: this.#isLinkUp === true });
    this.#options.onFacts({ state, status: this.#status, tick: this.#tick, latencyMs });
  }

  /** From the gateway's receiving the picture to this screen: our clock set right by the skew, minus its date. */
  #latencyMs(): number | undefined {
    const { skewMs } = this.#link;
    const { playingEpochMs, playback } = this.stage.player;
    if (!this.#isOn() || !HAS_LATENCY.has(playback)) return undefined;
    if (skewMs === undefined || playingEpochMs === undefined) return undefined;
    return Math.max(0, Date.now() + skewMs - playingEpochMs);
  }

  #stateWords(state: ViewState): LayerWords {
    const { title, detail } = words.state[state];
    const plain = { title, detail, banner: '', heldFor: '' };
    switch (state) {
      case 'ended':
        return { ...plain, title: this.#endedTitle() };
      case 'unsupported':
        return { ...plain, detail: this.#unsupportedDetail() };
      case 'stalled':
      case 'reconnecting':
        return { ...plain, banner: words.banner[state], heldFor: this.#sinceStatus() };
      case 'connecting':
      case 'starting':
      case 'unreachable':
        return { ...plain, banner: words.banner[state] };
      default:
        return plain;
    }
  }

  #endedTitle(): string {
    if (this.#status?.state !== 'ended') return words.state.ended.title;
    const at = new Date(this.#status.since - (this.#link.skewMs ?? 0));
    const time = at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
    return words.endedAt(time, this.#endedAfterMs === undefined ? '' : formatDuration(this.#endedAfterMs));
  }

  #unsupportedDetail(): string {
    const codec = this.stage.player.unsupportedCodec;
    return codec === undefined || codec === ''
      ? words.unsupportedBrowser
      : words.unsupportedCodec(codecName(codec));
  }

  #sinceStatus(): string {
    const sinceMs = this.#status?.since ?? Date.now();
    return formatDuration(Math.max(0, Date.now() + (this.#link.skewMs ?? 0) - sinceMs));
  }
}
