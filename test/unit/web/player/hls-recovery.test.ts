// Errors of hls.js: which of them mean that the viewer has no access.
import { ErrorDetails, ErrorTypes } from 'hls.js';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

type Failure = { readonly kind: string };

// Their types need those of a browser. A token is kept as long as its module.
const RECOVERY: string = '../../../../web/player/hls-recovery.ts';
const TOKEN: string = '../../../../web/page/access-token.ts';

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.stubGlobal('window', globalThis);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetModules();
});

async function openRecovery() {
  const { HlsRecovery } = await import(RECOVERY);
  const { setToken } = await import(TOKEN);
  const failures: Failure[] = [];
  const startLoad = vi.fn();
  const onFailure = (failure: Failure): void => void failures.push(failure);
  const recovery = new HlsRecovery({ startLoad }, { onFailure }, () => false);
  /** A playlist was refused that was requested with `token`. */
  const refuse = (token: string, details = ErrorDetails.LEVEL_LOAD_ERROR): void =>
    recovery.take({
      ...{ type: ErrorTypes.NETWORK_ERROR, details, fatal: true, response: { code: 403 } },
      networkDetails: { responseURL: `https://h/live/show/t/${token}/main.m3u8?_HLS_msn=1` },
    });
  return { setToken, refuse, failures, startLoad };
}

test('a refusal of the present token is a refusal of the viewer', async () => {
  const { setToken, refuse, failures } = await openRecovery();
  setToken('old');
  refuse('old');
  expect(failures).toEqual([{ kind: 'denied' }]);
});

test('after a refusal of an earlier token the playlist is loaded with the present one', async () => {
  const { setToken, refuse, failures, startLoad } = await openRecovery();
  setToken('old');
  setToken('new');
  refuse('old');
  vi.runAllTimers();
  expect(failures).toEqual([]);
  expect(startLoad).toHaveBeenCalledTimes(1);
  refuse('old', ErrorDetails.MANIFEST_LOAD_ERROR);
  expect(failures.map(({ kind }) => kind)).toEqual(['broken']);
  refuse('new');
  expect(failures.map(({ kind }) => kind)).toEqual(['broken', 'denied']);
});
