// Messages about access between an embed and the site around it.
import { afterEach, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/page/access-messages.ts';
const SITE = 'https://site.example';

afterEach(() => {
  vi.unstubAllGlobals();
});

function openFrame() {
  const parent = { postMessage: vi.fn() };
  const page = Object.assign(new EventTarget(), { parent });
  vi.stubGlobal('window', page);
  const say = (data: unknown, origin: string, source: unknown = parent): void => {
    const event = new MessageEvent('message', { data, origin });
    // Only a browser can give a message a source.
    Object.defineProperty(event, 'source', { value: source });
    page.dispatchEvent(event);
  };
  return { parent, say };
}

const tokenMessage = (value: unknown) => ({ context: 'sluice', method: 'setToken', value });

test('any page around the embed may give a token, and nobody else', async () => {
  const { listenForTokens } = await import(FILE);
  const { say } = openFrame();
  const tokens: unknown[] = [];
  listenForTokens((token: unknown) => tokens.push(token));
  say(tokenMessage('one'), SITE);
  say(tokenMessage('two'), 'null');
  say(tokenMessage('three'), SITE, {});
  for (const other of [null, 'four', { ...tokenMessage('five'), context: 'other' }, { context: 'sluice' }])
    say(other, SITE);
  expect(tokens).toEqual(['one', 'two']);
});

test('with an origin in the address no other site gives tokens or hears of a refusal', async () => {
  const { listenForTokens, tellDenied } = await import(FILE);
  const { parent, say } = openFrame();
  const tokens: unknown[] = [];
  listenForTokens((token: unknown) => tokens.push(token), SITE);
  say(tokenMessage('one'), SITE);
  say(tokenMessage('two'), 'https://other.example');
  expect(tokens).toEqual(['one']);
  tellDenied('show', 'playback_token_expired', SITE);
  tellDenied('show', 'playback_token_expired');
  expect(parent.postMessage.mock.calls.map(([, origin]) => origin)).toEqual([SITE, '*']);
});
