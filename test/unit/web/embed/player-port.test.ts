// Player.js from the embed's side: which messages it hears, and what it answers to whom.
import { expect, test, vi } from 'vitest';
import { BadCall, type PlayerCommands, PlayerPort } from '../../../../web/embed/player-port.ts';
import {
  PLAYER_EVENTS,
  PLAYER_METHODS,
  type PlayerMethod,
  writePlayerMessage,
} from '../../../../web/frame/player-protocol.ts';

const SITE = 'https://site.example';
const SRC = 'https://live.example/embed/show?_=1';

type Sent = { readonly message: Record<string, unknown>; readonly origin: string };

function openPort(origin?: string) {
  const calls: [string, unknown][] = [];
  const sent: Sent[] = [];
  const answers: Partial<Record<PlayerMethod, unknown>> = {
    getVolume: 40,
    getPaused: false,
    getLatency: null,
  };
  const commands = Object.fromEntries(
    PLAYER_METHODS.map((method) => [
      method,
      (value: unknown) => {
        calls.push([method, value]);
        if (method === 'setVolume' && typeof value !== 'number')
          throw new BadCall('setVolume takes a number');
        return answers[method];
      },
    ]),
  ) as PlayerCommands;
  let denial: string | undefined;
  const port = new PlayerPort({
    src: SRC,
    origin,
    commands,
    denied: () => (denial === undefined ? undefined : { name: 'show', code: denial }),
    send: (text, to) => sent.push({ message: JSON.parse(text), origin: to }),
  });
  const say = (method: string, value?: unknown, listener?: string, from = SITE): void =>
    port.receive(writePlayerMessage({ method, value, listener }), from);
  const deny = (code: string): void => {
    denial = code;
  };
  return { port, calls, sent, say, deny };
}

const envelope = { context: 'player.js', version: '0.0.11' };

test('ready names its address, its methods and its events, whoever listens', () => {
  const { port, sent } = openPort();
  port.open();
  expect(sent).toEqual([
    {
      message: {
        ...envelope,
        event: 'ready',
        value: { src: SRC, events: PLAYER_EVENTS, methods: PLAYER_METHODS },
      },
      origin: '*',
    },
  ]);
});

test('a host that listens late is told ready again', () => {
  const { port, sent, say } = openPort();
  port.open();
  say('addEventListener', 'ready', 'a');
  expect(sent[1]).toMatchObject({ message: { event: 'ready', listener: 'a' }, origin: SITE });
});

test('a getter is answered to the origin that asked, with its listener', () => {
  const { sent, say } = openPort();
  say('getVolume', undefined, 'l1');
  say('getLatency', undefined, 'l2', 'null');
  expect(sent).toEqual([
    { message: { ...envelope, event: 'getVolume', value: 40, listener: 'l1' }, origin: SITE },
    { message: { ...envelope, event: 'getLatency', value: null, listener: 'l2' }, origin: '*' },
  ]);
});

test('events go to those who asked, until they no longer want them', () => {
  const { port, sent, say } = openPort();
  port.emit('play', undefined);
  say('addEventListener', 'play', 'a');
  say('addEventListener', 'play', 'a');
  say('addEventListener', 'play', 'b');
  say('addEventListener', 'pause', 'c');
  port.emit('play', undefined);
  expect(sent.map(({ message }) => message['listener'])).toEqual(['a', 'b']);
  say('removeEventListener', 'play', 'a');
  port.emit('play', undefined);
  expect(sent.map(({ message }) => message['listener'])).toEqual(['a', 'b', 'b']);
  say('removeEventListener', 'play');
  port.emit('play', undefined);
  expect(sent).toHaveLength(3);
});

test('with an origin in the address, no other site is heard or told anything', () => {
  const { port, calls, sent, say } = openPort(SITE);
  port.open();
  say('play', undefined, undefined, 'https://other.example');
  say('addEventListener', 'play', 'a', 'null');
  port.emit('play', undefined);
  expect([calls, sent.map(({ origin }) => origin)]).toEqual([[], [SITE]]);
  say('play');
  expect(calls).toEqual([['play', undefined]]);
});

test('objects are heard too, as the library of the specification hears them', () => {
  const { port, calls } = openPort();
  port.receive({ context: 'player.js', method: 'setVolume', value: 30 }, SITE);
  expect(calls).toEqual([['setVolume', 30]]);
});

test.each([
  'no json',
  '{"context":"player.js"',
  '{"context":"other","method":"play"}',
  '{"method":"play"}',
  '[]',
  '"player.js"',
  'null',
  null,
  undefined,
  7,
  ['player.js'],
  { context: 'player.js', method: 7 },
])('another message is ignored: %j', (data) => {
  const { port, calls, sent } = openPort();
  port.receive(data, SITE);
  expect([calls, sent]).toEqual([[], []]);
});

test.each([
  ['destroy', undefined, 'there is no method "destroy"; ready lists all'],
  ['__proto__', undefined, 'there is no method "__proto__"; ready lists all'],
  ['constructor', undefined, 'there is no method "constructor"; ready lists all'],
  ['setVolume', 'loud', 'setVolume takes a number'],
  ['addEventListener', 'boom', 'there is no event "boom"; ready lists all'],
])('%s with %j is an error event', (method, value, msg) => {
  const { sent, say } = openPort();
  say('addEventListener', 'error', 'e');
  say(method, value);
  expect(sent).toEqual([
    { message: { ...envelope, event: 'error', value: { code: 2, msg }, listener: 'e' }, origin: SITE },
  ]);
});

test('without a listener the error is a warning for the author of the page', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const { sent, say } = openPort();
  say('destroy');
  expect(sent).toEqual([]);
  expect(warn).toHaveBeenCalledWith('sluice: there is no method "destroy"; ready lists all');
  warn.mockRestore();
});

test('a page cannot fill the memory with listeners', () => {
  const { port, sent, say } = openPort();
  for (let count = 0; count < 1_000; count += 1) say('addEventListener', 'play', `l${count}`);
  port.emit('play', undefined);
  expect(sent).toHaveLength(100);
});

test('who begins to listen for `denied` while the viewer is refused is told at once, and only once', () => {
  const { sent, say, deny } = openPort();
  say('addEventListener', 'denied', 'early');
  expect(sent).toEqual([]);
  deny('playback_token_missing');
  say('addEventListener', 'denied', 'late');
  say('addEventListener', 'denied', 'late');
  say('addEventListener', 'live', 'late');
  expect(sent.map(({ message }) => message)).toEqual([
    {
      ...envelope,
      event: 'denied',
      value: { name: 'show', code: 'playback_token_missing' },
      listener: 'late',
    },
  ]);
});
