// The token of a page: where it is put in addresses.
import { afterAll, expect, test, vi } from 'vitest';
import {
  currentToken,
  setToken,
  takeTokenFrom,
  withToken,
  withTokenQuery,
} from '../../../../web/page/access-token.ts';

// Files share their modules, and the token of a page is one module's state.
afterAll(() => void vi.resetModules());

test('addresses are unchanged without a token, then have it, and a newer one replaces it', () => {
  const plain = 'https://h/tv/live/show/index.m3u8';
  takeTokenFrom('?autoplay=1');
  expect([currentToken(), withToken(plain), withTokenQuery('https://h/x')]).toEqual([
    ...[undefined, plain, 'https://h/x'],
  ]);
  takeTokenFrom('?autoplay=1&token=AQ-_x.y');
  expect(withToken(plain)).toBe('https://h/tv/live/show/t/AQ-_x.y/index.m3u8');
  expect(setToken('B')).toBe(true);
  expect(setToken('B')).toBe(false);
  for (const [url, expected] of [
    ['https://h/live/show/t/AQ/main.m3u8?_HLS_msn=1', 'https://h/live/show/t/B/main.m3u8?_HLS_msn=1'],
    ['https://h/live/show/t/B/part-1.m4s', 'https://h/live/show/t/B/part-1.m4s'],
    // A stream, and a path prefix, of the name `live`.
    ['https://h/live/live/index.m3u8', 'https://h/live/live/t/B/index.m3u8'],
    ['https://h/live/live/t/AQ/index.m3u8#x', 'https://h/live/live/t/B/index.m3u8#x'],
    ['https://h/live/live/show/t/AQ/main.m3u8', 'https://h/live/live/show/t/B/main.m3u8'],
    ['https://h/live/live/live/t/AQ/main.m3u8', 'https://h/live/live/live/t/B/main.m3u8'],
    ['https://h/live/t/t/AQ/main.m3u8', 'https://h/live/t/t/B/main.m3u8'],
    ['https://h/api/v1/info', 'https://h/api/v1/info'],
    ['blob:https://h/5f', 'blob:https://h/5f'],
    ['https://h/x?to=/live/show/index.m3u8', 'https://h/x?to=/live/show/index.m3u8'],
  ])
    expect(withToken(url ?? '')).toBe(expected);
  expect(withTokenQuery('https://h/x')).toBe('https://h/x?token=B');
});

test.each([[undefined], [7], [''], ['a/b'], ['a b'], ['%41'], ['a'.repeat(2_049)]])(
  '%j is no token',
  (given) => {
    expect(setToken(given)).toBe(false);
  },
);
