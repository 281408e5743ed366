// What the watch page and the embed have in common: one stream, its states, and one stage.
import type { StatsTopic, StatusMessage, TickMessage } from '../server/stats/stats-message.ts';
import { DeviceNetwork } from './live/device-network.ts';
import { type Link, LiveStatus } from './live/live-status.ts';
import { currentToken, setToken, withToken, withTokenQuery } from './page/access-token.ts';
import { gatewayRoot, socketUrl, statusUrl } from './page/gateway-urls.ts';
import { showLook } from './page/page-look.ts';
import type { QueryOptions } from './page/query-options.ts';
import type { Playback } from './player/playback.ts';
import { warmUpEngine } from './player/playback-engine.ts';
import { bufferedMs, ViewerReporter } from './player/viewer-reporter.ts';
import { applyQuery } from './stage/query-effects.ts';
import { Stage } from './stage/stage.ts';
import { type ViewState, viewState } from './stage/stage-view.ts';
import { stateWords } from './stage/state-words.ts';

/** The current facts about the stream and its playback. */
export type LiveFacts = {
  readonly state: ViewState;
  readonly status: StatusMessage | undefined;
  readonly tick: TickMessage | undefined;
  readonly latencyMs: number | undefined;
  /** The distance that playback keeps now. */
  readonly latencyTargetMs: number | undefined;
  /** Why the viewer has no access; undefined if there is access. */
  readonly denial: string | undefined;
};

export type LivePageOptions = {
  readonly name: string;
  readonly query: QueryOptions;
  /** Where shortcuts work: anywhere, or only in the focused player, because an embed is part of another site's page. */
  readonly keyScope: 'page' | 'stage';
  readonly topics: readonly StatsTopic[];
  /** Called at every change, after the stage has been updated. */
  readonly onFacts: (facts: LiveFacts) => void;
};

/** Only in these states is the latency meaningful. */
const HAS_LATENCY: ReadonlySet<Playback> = new Set(['playing', 'buffering', 'paused']);

/** Follows `name` and keeps its stage up to date. */
export class LivePage {
  readonly stage: Stage;
  readonly root: string;
  readonly #options: LivePageOptions;
  readonly #live: LiveStatus;
  readonly #reporter: ViewerReporter;
  readonly #network: DeviceNetwork;
  #status: StatusMessage | undefined;
  #tick: TickMessage | undefined;
  #link: Link | undefined;
  #shownState: ViewState | undefined;
  #denial: string | undefined;
  /** The token with which the player was refused. */
  #refusedToken: string | undefined;

  constructor(options: LivePageOptions) {
    this.#options = options;
    showLook(options.query);
    this.root = gatewayRoot(window.location);
    this.stage = new Stage(options, () => this.#show());
    applyQuery(this.stage, options.query, this.root);
    this.#reporter = new ViewerReporter(options.name);
    this.#network = new DeviceNetwork(`${this.root}livez`, () => this.#show());
    this.#live = new LiveStatus({
      socketUrl: socketUrl(this.root),
      statusUrl: statusUrl(this.root, options.name),
      name: options.name,
      topics: options.topics,
      listener: {
        onStatus: (status, isNews) => this.#follow(status, isNews),
        onTick: (tick) => {
          if (!this.#isOn()) return; // after the end of a stream the numbers would all be zero
          this.#tick = tick;
          this.#show();
        },
        onDenied: (code) => {
          this.#denial = code;
          this.#show();
        },
        onLink: (link) => {
          this.#link = link;
          if (link !== 'socket') this.#tick = undefined; // without a socket nothing updates them
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
    // The text of a held place counts seconds, even while no messages arrive.
    window.setInterval(() => {
      if (this.#shownState === 'reconnecting' || this.#shownState === 'stalled') this.#show();
    }, 1000);
  }

  /** Replaces the token of a signed stream: playback goes on, or begins again if access had expired. */
  setToken(token: unknown): void {
    if (setToken(token)) this.#live.renew();
  }

  #follow(status: StatusMessage, isNews: boolean): void {
    this.#status = status;
    const { player } = this.stage;
    // By HTTP the state may arrive after the player was refused: only another token helps.
    if (player.playback === 'denied' && currentToken() === this.#refusedToken) return this.#show();
    this.#denial = undefined;
    if (!this.#isOn()) this.#tick = undefined;
    const url = withToken(new URL(status.hls, this.root).href);
    const { state, codecs, captions = [] } = status;
    if (isNews) this.stage.follow({ state, url, captions, ...(codecs === undefined ? {} : { codecs }) });
    this.#show();
  }

  #isOn(): boolean {
    const state = this.#status?.state;
    return state !== undefined && state !== 'offline' && state !== 'ended';
  }

  #show(): void {
    const { player } = this.stage;
    if (player.playback === 'denied' && this.#shownState !== 'denied') {
      // A player that was allowed before has a token that has expired; the gateway is asked, to be sure.
      this.#refusedToken = currentToken();
      this.#denial ??= 'playback_token_expired';
      this.#live.askWhy();
    }
    const state = viewState({
      stream: this.#status?.state,
      isLinkUp: this.#link === undefined ? undefined : this.#link !== 'down',
      playback: player.playback,
      isDenied: this.#denial !== undefined,
      isDeviceOffline: this.#network.isOffline,
    });
    this.#shownState = state;
    const latencyMs = this.#latencyMs();
    this.#report(latencyMs);
    const skewMs = this.#live.skewMs ?? 0;
    const text = stateWords({
      state,
      status: this.#status,
      serverNowMs: Date.now() + skewMs,
      skewMs,
      codec: player.unsupportedCodec,
      denial: this.#denial,
    });
    this.stage.show({ ...text, state, latencyMs, link: this.#link ?? 'down', codecs: this.#status?.codecs });
    // The last numbers are old, and no longer for this viewer.
    const known = state === 'denied' ? undefined : { status: this.#status, tick: this.#tick };
    this.#options.onFacts({
      state,
      status: known?.status,
      tick: known?.tick,
      latencyMs,
      latencyTargetMs: player.engine?.facts().latencyTargetMs,
      denial: this.#denial,
    });
  }

  /** Tells the gateway how playback goes. */
  #report(latencyMs: number | undefined): void {
    const path = this.#status?.reports;
    const video = this.stage.node.querySelector('video');
    if (video === null) return;
    const numbers = this.#tick?.d;
    this.#reporter.look(path === undefined ? undefined : withTokenQuery(new URL(path, this.root).href), {
      playback: this.stage.player.playback,
      isSeeking: video.seeking,
      isLive: this.#status?.state === 'live',
      latencyMs,
      bufferMs: bufferedMs(video),
      // An embed is told no numbers of the stream: then what the playlist declares.
      bitrateBps:
        numbers === undefined ? this.stage.player.engine?.facts().bitrate : numbers.vbps + numbers.abps,
    });
  }

  /** The time from the arrival of the picture at the gateway to its display: the corrected clock minus the picture's date. */
  #latencyMs(): number | undefined {
    const { skewMs } = this.#live;
    const { engine, playback } = this.stage.player;
    const playingEpochMs = engine?.playingEpochMs();
    if (!this.#isOn() || !HAS_LATENCY.has(playback)) return undefined;
    if (skewMs === undefined || playingEpochMs === undefined) return undefined;
    return Math.max(0, Date.now() + skewMs - playingEpochMs);
  }
}
