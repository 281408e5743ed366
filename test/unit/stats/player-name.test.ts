// What operators see instead of a viewer's User-Agent header and address.
import { expect, test } from 'vitest';
import { playerName } from '../../../server/stats/player-name.ts';
import { viewerNetwork } from '../../../server/stats/viewer-network.ts';

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0', 'Firefox · Linux'],
  [`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36`, 'Chrome · Windows'],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0`,
    'Edge · Windows',
  ],
  [`Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/141.0.0.0 Safari/537.36`, 'Chrome · Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'Safari · macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari · iPhone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/141.0 Mobile/15E148 Safari/604.1',
    'Chrome · iPhone',
  ],
  [
    `Mozilla/5.0 (Linux; Android 14; SM-S911B) ${WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    'Samsung Internet · Android',
  ],
  [`Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/94.0 Safari/537.36`, 'Chrome · webOS'],
  ['AppleCoreMedia/1.0.0.22A3354 (iPhone; U; CPU OS 18_0 like Mac OS X; en_us)', 'Apple player · iPhone'],
  ['MyApp/1.0 (Linux;Android 13) AndroidXMedia3/1.4.1', 'ExoPlayer · Android'],
  ['VLC/3.0.21 LibVLC/3.0.21', 'VLC'],
  ['libmpv', 'mpv'],
  ['Lavf/61.7.100', 'ffmpeg'],
  ['curl/8.9.1', 'Command line'],
  ['', 'Other player'],
  [undefined, 'Other player'],
  ['<script>alert(1)</script>', 'Other player'],
])('%s is shown as %s', (agent, name) => {
  expect(playerName(agent)).toBe(name);
});

test('a long agent is read at its beginning only', () => {
  expect(playerName(`${'x'.repeat(600)} Firefox/143.0`)).toBe('Other player');
});

test.each([
  ['192.0.2.7', '192.0.2.x'],
  ['::ffff:192.0.2.7', '192.0.2.x'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1::'],
  ['2001:db8::7', '2001:db8:0::'],
  ['64:ff9b::c000:207', '192.0.2.x'],
  ['fe80::1234%eth0', 'fe80::'],
  ['::1', '0:0:0::'],
  ['unknown', undefined],
  [undefined, undefined],
])('the address %s is shown as %s', (address, network) => {
  expect(viewerNetwork(address)).toBe(network);
});
