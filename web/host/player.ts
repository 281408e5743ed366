// A player of a gateway in an iframe of another site: calls its methods and hears its events by Player.js.
import {
  type EventMessage,
  type PlayerEvent,
  type PlayerEvents,
  type PlayerMethod,
  type PlayerQuality,
  type PlayerState,
  type PlayerStats,
  parseEventMessage,
  writePlayerMessage,
} from '../frame/player-protocol.ts';
import { embedAddress, type PlayerOptions, type TokenSource } from './player-options.ts';

export type Unsubscribe = () => void;
type Handler = (value: never) => void;
type Pending = { readonly resolve: (value: never) => void; readonly reject: (reason: Error) => void };

/** What a frame of another site may not do by default, beside full screen, which has an attribute of its own. */
const ALLOW = 'autoplay; picture-in-picture; encrypted-media';
/** A frame that does not answer for so long has been removed, or is no player. */
const ANSWER_MS = 10_000;

/** Names of listeners are unique among all players of a page. */
let callCount = 0;

export class Player {
  readonly iframe: HTMLIFrameElement;
  /** Resolves when methods can be called. Methods that are called earlier wait for it, the last call of each. */
  readonly ready: Promise<void>;
  readonly #getToken: TokenSource | undefined;
  readonly #handlers = new Map<PlayerEvent, Set<Handler>>();
  readonly #pending = new Map<string, Pending>();
  readonly #id: string;
  /** The last call of each method, oldest first: a frame that never becomes ready must not fill the memory of the page. */
  #queue: Map<PlayerMethod, string> | undefined = new Map();
  /** The answers that all callers of a method get, while the frame is not ready. */
  readonly #awaited = new Map<PlayerMethod, Promise<never>>();
  /** Asks for the last refusal without a new one: the answer has this name. */
  readonly #lateId: string;
  /** For events that stay true, which a handler that comes later is told too: the handlers that know. */
  readonly #told: ReadonlyMap<string, Set<Handler>> = new Map([
    ['ready', new Set()],
    ['denied', new Set()],
  ]);
  #becomeReady: () => void = () => undefined;
  readonly #receive = (event: MessageEvent<unknown>): void => this.#onMessage(event);
  readonly #onLoad = (): void => this.#listenTo('ready');

  /** Takes an iframe whose address is that of an embed. */
  constructor(iframe: HTMLIFrameElement, getToken?: TokenSource) {
    this.iframe = iframe;
    this.#getToken = getToken;
    callCount += 1;
    this.#id = `sluice-${callCount}`;
    this.#lateId = `${this.#id}-late`;
    this.ready = new Promise((resolve) => {
      this.#becomeReady = resolve;
    });
    window.addEventListener('message', this.#receive);
    iframe.addEventListener('load', this.#onLoad);
    // The frame may have been ready before this object existed.
    this.#listenTo('ready');
    if (getToken !== undefined) this.on('denied', (denied) => void this.#renewToken(denied));
  }

  play(): void {
    this.#call('play');
  }

  pause(): void {
    this.#call('pause');
  }

  mute(): void {
    this.#call('mute');
  }

  unmute(): void {
    this.#call('unmute');
  }

  /** 0 to 100. */
  setVolume(percent: number): void {
    this.#call('setVolume', percent);
  }

  /** A stream with a past: goes to so many seconds of the player's clock. */
  setCurrentTime(seconds: number): void {
    this.#call('setCurrentTime', seconds);
  }

  seekToLive(): void {
    this.#call('seekToLive');
  }

  /** An id of `getQualities`, or `auto`. */
  setQuality(id: string): void {
    this.#call('setQuality', id);
  }

  /** Access to a signed stream. */
  setToken(token: string): void {
    this.#call('setToken', token);
  }

  getPaused(): Promise<boolean> {
    return this.#ask('getPaused');
  }

  getMuted(): Promise<boolean> {
    return this.#ask('getMuted');
  }

  getVolume(): Promise<number> {
    return this.#ask('getVolume');
  }

  /** Where live playback stands, in the seconds of `getCurrentTime`. */
  getDuration(): Promise<number> {
    return this.#ask('getDuration');
  }

  getCurrentTime(): Promise<number> {
    return this.#ask('getCurrentTime');
  }

  /** Milliseconds from the arrival of a picture at the gateway to this screen; null while unknown. */
  getLatency(): Promise<number | null> {
    return this.#ask('getLatency');
  }

  getQualities(): Promise<readonly PlayerQuality[]> {
    return this.#ask('getQualities');
  }

  getStats(): Promise<PlayerStats> {
    return this.#ask('getStats');
  }

  getState(): Promise<PlayerState> {
    return this.#ask('getState');
  }

  /** Calls `handler` at each event, until the returned function is called. */
  on<Event extends PlayerEvent>(event: Event, handler: (value: PlayerEvents[Event]) => void): Unsubscribe {
    const handlers = this.#handlers.get(event) ?? new Set();
    this.#handlers.set(event, handlers);
    handlers.add(handler);
    if (this.#queue === undefined) {
      if (handlers.size === 1 || event === 'ready') this.#listenTo(event);
      else if (event === 'denied') this.#askAgain(event);
    }
    return () => {
      this.#told.get(event)?.delete(handler);
      // A frame that is not ready is not asked for events without handlers.
      if (handlers.delete(handler) && handlers.size === 0 && this.#queue === undefined)
        this.#call('removeEventListener', event, this.#id);
    };
  }

  /** Forgets the frame. It stays in the page. */
  destroy(): void {
    window.removeEventListener('message', this.#receive);
    this.iframe.removeEventListener('load', this.#onLoad);
    for (const { reject } of this.#pending.values()) reject(new Error('sluice: the player was destroyed'));
    this.#pending.clear();
    this.#handlers.clear();
  }

  #onMessage({ source, origin, data }: MessageEvent<unknown>): void {
    if (source === null || source !== this.iframe.contentWindow || origin !== this.#frameOrigin()) return;
    const message = parseEventMessage(data);
    if (message === undefined) return;
    if (message.event === 'ready') this.#begin();
    const pending = message.listener === undefined ? undefined : this.#pending.get(message.listener);
    if (pending !== undefined && message.listener !== undefined) {
      this.#pending.delete(message.listener);
      pending.resolve(message.value as never);
      return;
    }
    this.#tell(message);
  }

  #tell({ event, value, listener }: EventMessage): void {
    const isLate = event === 'denied' && listener === this.#lateId;
    if (event !== 'ready' && listener !== this.#id && !isLate) return;
    const told = this.#told.get(event);
    // The frame says `ready` to all when it starts, and again to those who ask.
    if (event === 'ready' ? listener === undefined : !isLate) told?.clear();
    for (const handler of this.#handlers.get(event as PlayerEvent) ?? []) {
      if (told?.has(handler)) continue;
      told?.add(handler);
      handler(value as never);
    }
  }

  /** Also after the frame has loaded again: it has forgotten all listeners. */
  #begin(): void {
    const queue = this.#queue?.values() ?? [];
    this.#queue = undefined;
    this.#awaited.clear();
    for (const [event, handlers] of this.#handlers)
      if (event !== 'ready' && handlers.size > 0) this.#listenTo(event);
    for (const text of queue) this.#post(text);
    this.#becomeReady();
  }

  async #renewToken(denied: PlayerEvents['denied']): Promise<void> {
    const token = await this.#getToken?.(denied);
    if (token !== undefined) this.setToken(token);
  }

  #listenTo(event: PlayerEvent): void {
    this.#post(writePlayerMessage({ method: 'addEventListener', value: event, listener: this.#id }));
  }

  /** A frame repeats an event only to a listener that it does not know. */
  #askAgain(event: PlayerEvent): void {
    this.#post(writePlayerMessage({ method: 'addEventListener', value: event, listener: this.#lateId }));
    this.#post(writePlayerMessage({ method: 'removeEventListener', value: event, listener: this.#lateId }));
  }

  #ask<Answer>(method: PlayerMethod): Promise<Answer> {
    const [awaited, question] = [this.#awaited.get(method), this.#queue?.get(method)];
    if (awaited !== undefined && question !== undefined) {
      this.#keep(method, question); // after what was called since
      return awaited;
    }
    callCount += 1;
    const listener = `${this.#id}-${callCount}`;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#pending.set(listener, { resolve, reject });
      const giveUp = (): void => {
        if (this.#pending.delete(listener)) reject(new Error(`sluice: the player did not answer ${method}`));
      };
      void this.ready.then(() => window.setTimeout(giveUp, ANSWER_MS));
      this.#call(method, undefined, listener);
    });
    if (this.#queue !== undefined) this.#awaited.set(method, answer as Promise<never>);
    return answer;
  }

  #call(method: PlayerMethod, value?: unknown, listener?: string): void {
    const text = writePlayerMessage({ method, value, listener });
    if (this.#queue === undefined) this.#post(text);
    else this.#keep(method, text);
  }

  #keep(method: PlayerMethod, text: string): void {
    this.#queue?.delete(method);
    this.#queue?.set(method, text);
  }

  #post(text: string): void {
    const origin = this.#frameOrigin();
    // Before it has loaded, the frame has this page's origin: the message would be an error in the console.
    this.iframe.contentWindow?.postMessage(
      text,
      origin === 'null' || this.#queue !== undefined ? '*' : origin,
    );
  }

  /** `null` in a sandbox without `allow-same-origin`. */
  #frameOrigin(): string {
    const { sandbox, src } = this.iframe;
    const isOpaque = this.iframe.hasAttribute('sandbox') && !sandbox.contains('allow-same-origin');
    return isOpaque ? 'null' : new URL(src, window.location.href).origin;
  }
}

/**
 * A player in `target`: an iframe, or an element into which an iframe is put. With options the address of the iframe follows from
 * them; without options the iframe shows an embed already.
 */
export function createPlayer(target: HTMLElement, options?: PlayerOptions): Player {
  const isFrame = target instanceof HTMLIFrameElement;
  if (isFrame && options === undefined) return new Player(target);
  if (options === undefined) throw new Error('sluice: createPlayer needs { src, name } for an element');
  const iframe = isFrame ? target : document.createElement('iframe');
  iframe.allow = ALLOW;
  iframe.allowFullscreen = true;
  iframe.referrerPolicy = 'strict-origin-when-cross-origin';
  if (iframe.title === '') iframe.title = `Live: ${options.name}`;
  iframe.src = embedAddress(options, window.location.href);
  if (!isFrame) {
    const { style } = iframe;
    style.display = 'block';
    style.width = '100%';
    style.aspectRatio = '16 / 9';
    style.border = '0';
    target.append(iframe);
  }
  return new Player(iframe, options.getToken);
}
