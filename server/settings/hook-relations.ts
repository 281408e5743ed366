// Checks the settings of callbacks and webhooks against each other.

import { isSigningSecret } from './hook-settings.ts';
import type { Settings } from './table.ts';

/** Time for the round trips of connecting, before the callback is asked. */
const CONNECTING_MS = 1_000;

/** The first fault, in words; undefined if there is none. */
export function hookFault(settings: Settings): string | undefined {
  return formatFault(settings) ?? timeoutFault(settings) ?? doubleUrl(settings);
}

function formatFault(settings: Settings): string | undefined {
  const format = settings['auth.format'];
  const secret = settings['auth.secret'];
  const isUsed = settings['auth.publish-url'] !== '' || settings['auth.play-url'] !== '';
  if (isUsed && format === 'ome' && secret === '')
    return 'auth.format ome signs its requests, and auth.secret is empty: set it to the SecretKey of your server';
  if (format === 'sluice' && secret !== '' && !isSigningSecret(secret))
    return 'auth.secret must be whsec_ and the base64 of 24 to 64 bytes with auth.format sluice (whsec_$(openssl rand -base64 32))';
  if (format === 'mediamtx' && settings['auth.publish-done-url'] !== '')
    return 'auth.publish-done-url is set, and auth.format mediamtx has no such message: leave it empty';
  return undefined;
}

/** The encoder waits for the callback, and its connection is closed at rtmp.publish-deadline. */
function timeoutFault(settings: Settings): string | undefined {
  if (settings['auth.publish-url'] === '') return undefined;
  const least = settings['auth.timeout'] + CONNECTING_MS;
  if (settings['rtmp.publish-deadline'] >= least) return undefined;
  return (
    `rtmp.publish-deadline is too short for auth.timeout ${settings['auth.timeout']}ms: ` +
    `set rtmp.publish-deadline to ${least}ms or more, or lower auth.timeout`
  );
}

/** What waits is kept by address. */
function doubleUrl(settings: Settings): string | undefined {
  const urls = settings['webhooks.list'].map(({ url }) => url);
  const at = urls.findIndex((url, index) => urls.indexOf(url) !== index);
  if (at === -1) return undefined;
  return `webhooks.list: records ${urls.indexOf(urls[at] ?? '') + 1} and ${at + 1} have the same url; join them`;
}
