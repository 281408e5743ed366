// `sluice/embed` with the embed's own side of Player.js: what a site hears, whenever it begins to listen.
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { type PlayerCommands, PlayerPort } from '../../../../web/embed/player-port.ts';
import { PLAYER_METHODS } from '../../../../web/frame/player-protocol.ts';
import type { TokenSource } from '../../../../web/host/player-options.ts';

const GATEWAY = 'https://live.example';
const SITE = 'https://site.example';

/** The parts of a window that are used. */
class Page extends EventTarget {
  readonly location = { href: `${SITE}/page` };
  readonly setTimeout = setTimeout;
}

/** A frame of an embed, with the code of the embed that answers. */
class Frame extends EventTarget {
  src = `${GATEWAY}/embed/show`;
  title = '';
  readonly style = {};
  readonly sandbox = { contains: () => false };
  readonly calls: string[] = [];
  readonly contentWindow = {
    // Nothing listens in the frame before it has loaded.
    postMessage: (text: string) => this.port?.receive(text, SITE),
  };
  port: PlayerPort | undefined;
  denied: { readonly name: string; readonly code: string } | undefined;

  hasAttribute(): boolean {
    return false;
  }

  remove(): void {
    this.port = undefined;
  }

  /** The page in the frame has loaded. */
  load(denied?: { readonly name: string; readonly code: string }): void {
    this.denied = denied;
    const commands = PLAYER_METHODS.map(
      (method) => [method, (): unknown => this.calls.push(method)] as const,
    );
    this.port = new PlayerPort({
      src: this.src,
      origin: undefined,
      commands: Object.fromEntries<unknown>(commands) as PlayerCommands,
      denied: () => this.denied,
      send: (data) => {
        const event = new MessageEvent('message', { data, origin: GATEWAY });
        // Only a browser can give a message a source.
        Object.defineProperty(event, 'source', { value: this.contentWindow });
        page.dispatchEvent(event);
      },
    });
    this.port.open();
    this.dispatchEvent(new Event('load'));
  }
}

type Off = () => void;
type HostPlayer = {
  on(event: string, handler: (value: never) => void): Off;
  play(): void;
  pause(): void;
  getStats(): Promise<unknown>;
  destroy(): void;
  readonly ready: Promise<void>;
};
type HostElement = EventTarget & {
  isConnected: boolean;
  readonly player: HostPlayer | undefined;
  getToken?: TokenSource;
  connectedCallback(): void;
  disconnectedCallback(): void;
  setAttribute(name: string, value: string): void;
};

/** What a browser makes of `<sluice-player>` before its class is known: the class then takes this very object. */
class PlainElement extends EventTarget {
  static beingUpgraded: PlainElement | undefined;
  readonly style = { display: '' };
  readonly frames: Frame[] = [];
  isConnected = true;
  readonly #attributes = new Map<string, string>();

  constructor() {
    super();
    if (new.target === PlainElement || PlainElement.beingUpgraded === undefined) return;
    const upgraded = PlainElement.beingUpgraded;
    Object.setPrototypeOf(upgraded, new.target.prototype);
    // biome-ignore lint/correctness/noConstructorReturn: as the constructor of HTMLElement does (HTML clause 3.2.3).
    return upgraded;
  }

  getAttribute(name: string): string | null {
    return this.#attributes.get(name) ?? null;
  }

  setAttribute(name: string, value: string): void {
    const before = this.getAttribute(name);
    this.#attributes.set(name, value);
    if ('attributeChangedCallback' in this && typeof this.attributeChangedCallback === 'function')
      this.attributeChangedCallback(name, before, value);
  }

  append(frame: Frame): void {
    this.frames.push(frame);
  }
}

let page: Page;
let newPlayer: (frame: Frame, getToken?: TokenSource) => HostPlayer;
let upgrade: (element: PlainElement) => HostElement;

beforeAll(async () => {
  vi.resetModules(); // a class that was loaded without elements extends nothing
  vi.stubGlobal('HTMLElement', PlainElement);
  // Their types need those of a browser.
  const [playerFile, elementFile] = ['player', 'sluice-player'].map(
    (name) => `../../../../web/host/${name}.ts`,
  );
  const { Player } = await import(playerFile ?? '');
  const { SluicePlayerElement } = await import(elementFile ?? '');
  newPlayer = (frame, getToken) => new Player(frame, getToken);
  upgrade = (element) => {
    PlainElement.beingUpgraded = element;
    return new SluicePlayerElement();
  };
  return () => {
    vi.unstubAllGlobals();
    vi.resetModules();
  };
});

beforeEach(() => {
  page = new Page();
  vi.stubGlobal('window', page);
  vi.stubGlobal('HTMLIFrameElement', Frame);
  vi.stubGlobal('document', { createElement: () => new Frame() });
});

test('`ready` is said once for each start of the frame, also to a handler that comes later', async () => {
  const frame = new Frame();
  const player = newPlayer(frame);
  const told: string[] = [];
  player.on('ready', () => told.push('first'));
  frame.load();
  await player.ready;
  expect(told).toEqual(['first']);
  player.on('ready', () => told.push('second'));
  expect(told).toEqual(['first', 'second']);
  frame.load();
  expect(told).toEqual(['first', 'second', 'first', 'second']);
});

test('a handler that replaces another one before the frame is ready is called', () => {
  const frame = new Frame();
  const player = newPlayer(frame);
  const told: string[] = [];
  const off = player.on('play', () => told.push('old'));
  player.on('pause', () => told.push('pause'))();
  off();
  player.on('play', () => told.push('new'));
  off();
  player.play();
  frame.load();
  expect(frame.calls).toEqual(['play']);
  frame.port?.emit('play', undefined);
  expect(told).toEqual(['new']);
  expect(frame.port?.hasListeners('pause')).toBe(false);
});

test('a site that calls and asks every second of a frame that is not there keeps each method once', async () => {
  const frame = new Frame();
  const player = newPlayer(frame);
  const answers = Array.from({ length: 1_000 }, () => {
    player.play();
    player.pause();
    return player.getStats();
  });
  player.play();
  frame.load();
  expect(frame.calls).toEqual(['pause', 'getStats', 'play']);
  await Promise.all(answers);
  await player.getStats();
  expect(frame.calls.slice(3)).toEqual(['getStats']);
});

test('a site that was busy while the embed was refused is still asked for a token', async () => {
  const frame = new Frame();
  const getToken = vi.fn<TokenSource>(() => 'AQ');
  newPlayer(frame, getToken);
  const denied = { name: 'show', code: 'playback_token_missing' };
  frame.load(denied);
  await vi.waitFor(() => expect(frame.calls).toEqual(['setToken']));
  expect(getToken.mock.calls).toEqual([[denied]]);
});

test('each handler of `denied` is told once of a refusal that lasts, whenever it comes', () => {
  const frame = new Frame();
  const player = newPlayer(frame);
  const told: string[] = [];
  const on = (who: string): Off => player.on('denied', ({ code }: { code: string }) => told.push(who + code));
  const refuse = (code: string): void => {
    frame.denied = { name: 'show', code };
    frame.port?.emit('denied', frame.denied);
  };
  on('first ');
  frame.load();
  const off = on('second ');
  expect(told).toEqual([]);
  refuse('missing');
  expect(told).toEqual(['first missing', 'second missing']);
  on('third ');
  off();
  on('fourth ');
  expect(told.slice(2)).toEqual(['third missing', 'fourth missing']);
  refuse('expired');
  expect(told.slice(4)).toEqual(['first expired', 'third expired', 'fourth expired']);
  frame.denied = undefined;
  on('late ');
  expect(told).toHaveLength(7);
});

test('a site that renews tokens may ask later why it was refused', async () => {
  const frame = new Frame();
  const player = newPlayer(frame, () => undefined);
  frame.load({ name: 'show', code: 'playback_token_missing' });
  await player.ready;
  const told = vi.fn();
  player.on('denied', told);
  expect(told.mock.calls).toEqual([[frame.denied]]);
});

test('a player that was destroyed says nothing to its frame when that loads again', () => {
  const frame = new Frame();
  const player = newPlayer(frame);
  frame.load();
  player.destroy();
  const post = vi.spyOn(frame.contentWindow, 'postMessage');
  frame.load();
  expect(post).not.toHaveBeenCalled();
});

test('an element keeps what a page has set before its class was loaded', async () => {
  const plain = new PlainElement();
  const given: TokenSource = () => 'AQ';
  Object.assign(plain, { getToken: given });
  plain.setAttribute('src', GATEWAY);
  plain.setAttribute('name', 'show');
  const element = upgrade(plain);
  element.connectedCallback();
  await vi.waitFor(() => expect(plain.frames).toHaveLength(1));
  expect(element.getToken).toBe(given);
  plain.frames[0]?.load({ name: 'show', code: 'playback_token_missing' });
  await vi.waitFor(() => expect(plain.frames[0]?.calls).toEqual(['setToken']));
});

test('an attribute that is set to the value that it has leaves the player alone', async () => {
  const plain = new PlainElement();
  const element = upgrade(plain);
  plain.setAttribute('src', GATEWAY);
  plain.setAttribute('name', 'show');
  await vi.waitFor(() => expect(element.player).toBeDefined());
  const { player } = element;
  plain.setAttribute('name', 'show');
  await Promise.resolve();
  expect(element.player).toBe(player);
  plain.setAttribute('name', 'other');
  await Promise.resolve();
  expect(element.player).not.toBe(player);
  expect(plain.frames.map(({ src }) => src)).toEqual([`${GATEWAY}/embed/show`, `${GATEWAY}/embed/other`]);
});

test('another token goes to the player that is there, and is in the address of the next one', async () => {
  const plain = new PlainElement();
  const element = upgrade(plain);
  for (const [name, value] of Object.entries({ src: GATEWAY, name: 'show', token: 'A' }))
    plain.setAttribute(name, value);
  await vi.waitFor(() => expect(plain.frames).toHaveLength(1));
  plain.frames[0]?.load();
  const { player } = element;
  plain.setAttribute('token', 'B');
  await Promise.resolve();
  expect(element.player).toBe(player);
  expect(plain.frames[0]?.calls).toEqual(['setToken']);
  plain.setAttribute('name', 'other');
  await Promise.resolve();
  expect(plain.frames.map(({ src }) => src)).toEqual([
    `${GATEWAY}/embed/show?token=A`,
    `${GATEWAY}/embed/other?token=B`,
  ]);
});

test('events of the frame are events of the element, `ready` once', async () => {
  const plain = new PlainElement();
  const element = upgrade(plain);
  plain.setAttribute('src', GATEWAY);
  plain.setAttribute('name', 'show');
  await vi.waitFor(() => expect(plain.frames).toHaveLength(1));
  const told: string[] = [];
  for (const event of ['ready', 'live']) element.addEventListener(event, () => told.push(event));
  const [frame] = plain.frames;
  frame?.load();
  frame?.port?.emit('live', { name: 'show' });
  expect(told).toEqual(['ready', 'live']);
  element.player?.on('ready', () => told.push('late'));
  expect(told).toEqual(['ready', 'live', 'late']);
  element.isConnected = false;
  element.disconnectedCallback();
  expect(element.player).toBeUndefined();
});
