// The embed's side of Player.js: receives methods from the page around it, answers them, and sends the events that it asked for.
// Only that page is heard, and each answer goes to the origin that asked.
import {
  type MethodMessage,
  PLAYER_EVENTS,
  PLAYER_METHODS,
  type PlayerEvent,
  type PlayerEvents,
  type PlayerMethod,
  parseMethodMessage,
  writePlayerMessage,
} from '../frame/player-protocol.ts';

/** Sends text to the page around this one; `origin` is `*` for anybody. */
export type SendToHost = (text: string, origin: string) => void;

/** A call that the embed cannot carry out, with the reason for the author of the host page. */
export class BadCall extends Error {}

type CalledMethod = Exclude<PlayerMethod, 'addEventListener' | 'removeEventListener'>;
/** What each method does; the result of a `get…` method is its answer. Throws BadCall for a value that it cannot use. */
export type PlayerCommands = Readonly<Record<CalledMethod, (value: unknown) => unknown>>;

export type PlayerPortOptions = {
  /** The address of this frame, as the page around it has set it. */
  readonly src: string;
  /** The only origin that may use the player; undefined for any. */
  readonly origin: string | undefined;
  readonly commands: PlayerCommands;
  /** What `denied` says while the viewer is refused: a host that listens late must learn it too. */
  readonly denied: () => PlayerEvents['denied'] | undefined;
  readonly send: SendToHost;
};

type Listener = { readonly id: string | undefined; readonly origin: string };

/** A page has a handful of listeners. */
const MAX_LISTENERS_PER_EVENT = 100;
/** The origin of sandboxed frames and local files: no message can be addressed to it. */
const OPAQUE_ORIGIN = 'null';

export class PlayerPort {
  readonly #options: PlayerPortOptions;
  readonly #listeners = new Map<PlayerEvent, Listener[]>();

  constructor(options: PlayerPortOptions) {
    this.#options = options;
  }

  /** Says that methods can be called now. */
  open(): void {
    const { origin } = this.#options;
    this.#send('ready', this.#ready(), { id: undefined, origin: origin ?? '*' });
  }

  /** A message of the page around this one, with its origin. */
  receive(data: unknown, origin: string): void {
    if (this.#options.origin !== undefined && origin !== this.#options.origin) return;
    const message = parseMethodMessage(data);
    if (message === undefined) return;
    const asker = { id: message.listener, origin: origin === OPAQUE_ORIGIN ? '*' : origin };
    try {
      this.#obey(message, asker);
    } catch (error) {
      if (!(error instanceof BadCall)) throw error;
      const fault: PlayerEvents['error'] = { code: 2, msg: error.message };
      if (this.hasListeners('error')) this.emit('error', fault);
      else console.warn(`sluice: ${error.message}`);
    }
  }

  hasListeners(event: PlayerEvent): boolean {
    return (this.#listeners.get(event)?.length ?? 0) > 0;
  }

  /** Sends an event to those who asked for it. */
  emit<Event extends PlayerEvent>(event: Event, value: PlayerEvents[Event]): void {
    for (const listener of this.#listeners.get(event) ?? []) this.#send(event, value, listener);
  }

  #obey({ method, value }: MethodMessage, asker: Listener): void {
    if (!isMethod(method))
      throw new BadCall(`there is no method ${JSON.stringify(method.slice(0, 60))}; ready lists all`);
    if (method === 'addEventListener') return this.#add(eventOf(value), asker);
    if (method === 'removeEventListener') return this.#remove(eventOf(value), asker);
    const result = this.#options.commands[method](value);
    if (method.startsWith('get')) this.#send(method, result, asker);
  }

  #add(event: PlayerEvent, asker: Listener): void {
    const listeners = this.#listeners.get(event) ?? [];
    const isKnown = listeners.some(({ id, origin }) => id === asker.id && origin === asker.origin);
    if (!isKnown && listeners.length < MAX_LISTENERS_PER_EVENT) listeners.push(asker);
    this.#listeners.set(event, listeners);
    // A host that began to listen after this frame was ready would wait forever.
    if (event === 'ready') this.#send('ready', this.#ready(), asker);
    const denied = event === 'denied' && !isKnown ? this.#options.denied() : undefined;
    if (denied !== undefined) this.#send('denied', denied, asker);
  }

  /** Without an id: all listeners of the event. */
  #remove(event: PlayerEvent, asker: Listener): void {
    const listeners = this.#listeners.get(event) ?? [];
    this.#listeners.set(event, asker.id === undefined ? [] : listeners.filter(({ id }) => id !== asker.id));
  }

  #ready(): PlayerEvents['ready'] {
    return { src: this.#options.src, events: PLAYER_EVENTS, methods: PLAYER_METHODS };
  }

  #send(event: string, value: unknown, { id, origin }: Listener): void {
    this.#options.send(writePlayerMessage({ event, value, listener: id }), origin);
  }
}

function isMethod(method: string): method is PlayerMethod {
  return PLAYER_METHODS.some((known) => known === method);
}

function eventOf(value: unknown): PlayerEvent {
  const event = PLAYER_EVENTS.find((known) => known === value);
  if (event === undefined)
    throw new BadCall(`there is no event ${JSON.stringify(String(value).slice(0, 60))}; ready lists all`);
  return event;
}
