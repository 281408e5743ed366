// What the watch page and the embed have in common: one stream followed by its states, one stage.
import type { StatsTopic, StatusMessage, TickMessage } from '../server/stats/stats-message.ts';
import { type Link, LiveStatus } from './live/live-status.ts';
import { gatewayRoot, socketUrl, statusUrl } from './page/gateway-urls.ts';
import type { QueryOptions } from './page/query-options.ts';
import type { Playback } from './player/playback.ts';
import { warmUpEngine } from './player/playback-engine.ts';
import { Stage } from './stage/stage.ts';
import { type ViewState, viewState } from './stage/stage-view.ts';
import { stateWords } from './stage/state-words.ts';

/** What is known about the stream and its picture at one moment. */
export type LiveFacts = {
  readonly state: ViewState;
  readonly status: StatusMessage | undefined;
  readonly tick: TickMessage | undefined;
  readonly latencyMs: number | undefined;
};

export type LivePageOptions = {
  readonly name: string;
  readonly query: QueryOptions;
  /** Where shortcuts are heard: anywhere, or in the focused player, as an embed is part of a foreign page. */
  readonly keyScope: 'page' | 'stage';
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
  readonly #live: LiveStatus;
  #status: StatusMessage | undefined;
  #tick: TickMessage | undefined;
  #link: Link | undefined;
  /** What the stage was told last, so that the same state is news once. */
  #followed = '';
  #shownState: ViewState | undefined;

  constructor(options: LivePageOptions) {
    this.#options = options;
    this.root = gatewayRoot(window.location);
    this.stage = new Stage(options, () => this.#show());
    this.#live = new LiveStatus({
      socketUrl: socketUrl(this.root),
      statusUrl: statusUrl(this.root, options.name),
      name: options.name,
      topics: options.topics,
      listener: {
        onStatus: (status) => this.#follow(status),
        onTick: (tick) => {
          if (!this.#isOn()) return; // numbers of a stream that is over would only be zeros
          this.#tick = tick;
          this.#show();
        },
        onLink: (link) => {
          this.#link = link;
          this.#followed = '';
          if (link !== 'socket') this.#tick = undefined; // nobody renews them
          this.#show();
        },
      },
    });
  }

  /** Connects and shows the first state. */
  open(): void {
    if (this.#options.query.autoplay) warmUpEngine();
    this.#show();
    this.#live.open();
    // The text of a held place counts seconds, also while nothing arrives.
    window.setInterval(() => {
      if (this.#shownState === 'reconnecting' || this.#shownState === 'stalled') this.#show();
    }, 1000);
  }

  #follow(status: StatusMessage): void {
    this.#status = status;
    if (!this.#isOn()) this.#tick = undefined;
    const url = new URL(status.hls, this.root).href;
    const { state, since, codecs, captions = [] } = status;
    // By HTTP the same state comes again and again.
    const news = JSON.stringify([state, since, url, codecs, captions]);
    if (news !== this.#followed || this.#link === 'socket') {
      this.stage.follow({ state, url, captions, ...(codecs === undefined ? {} : { codecs }) });
    }
    this.#followed = news;
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
      isLinkUp: this.#link === undefined ? undefined : this.#link !== 'down',
      playback: player.playback,
    });
    this.#shownState = state;
    const latencyMs = this.#latencyMs();
    const skewMs = this.#live.skewMs ?? 0;
    const text = stateWords({
      state,
      status: this.#status,
      serverNowMs: Date.now() + skewMs,
      skewMs,
      codec: player.unsupportedCodec,
    });
    this.stage.show({ ...text, state, latencyMs, link: this.#link ?? 'down' });
    this.#options.onFacts({ state, status: this.#status, tick: this.#tick, latencyMs });
  }

  /** From the gateway's receiving the picture to this screen: our clock set right by the skew, minus its date. */
  #latencyMs(): number | undefined {
    const { skewMs } = this.#live;
    const { engine, playback } = this.stage.player;
    const playingEpochMs = engine?.playingEpochMs();
    if (!this.#isOn() || !HAS_LATENCY.has(playback)) return undefined;
    if (skewMs === undefined || playingEpochMs === undefined) return undefined;
    return Math.max(0, Date.now() + skewMs - playingEpochMs);
  }
}
