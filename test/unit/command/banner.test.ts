// The output of the command: one JSON line for programs, a banner and a help text for people.

import { expect, test } from 'vitest';
import { type Ready, renderBanner, renderReadyLine } from '../../../server/command/banner.ts';
import { renderHelp } from '../../../server/command/help.ts';
import { programName } from '../../../server/command/program-name.ts';
import { terminalCode } from '../../../server/command/terminal-code.ts';
import { ownHost, reachableHosts } from '../../../server/reachable-hosts.ts';
import { COMMON_SETTINGS } from '../../../server/settings/frequent-settings.ts';
import { flagOf, hasFlag, SECTIONS, settingOf, settingPaths } from '../../../server/settings/table.ts';

const ready: Ready = {
  info: {
    version: '1.2.3',
    rtmp: { port: 1935, servers: ['rtmp://10.0.0.7/live', 'rtmp://localhost/live'] },
  },
  ports: { rtmpPort: 1935, httpPort: 8080 },
  webHosts: ['10.0.0.7', 'localhost'],
  basePath: '',
  startupMs: 12,
  withDemo: false,
  publishKeys: 0,
  adminTokens: 0,
};

test('the ready line is one JSON object', () => {
  const line = renderReadyLine(ready);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual({
    msg: 'ready',
    version: '1.2.3',
    rtmpPort: 1935,
    httpPort: 8080,
    servers: ['rtmp://10.0.0.7/live', 'rtmp://localhost/live'],
    publishKeys: 0,
    adminTokens: 0,
    startupMs: 12,
  });
});

test('the banner says where to push and where to watch, and who may publish', () => {
  const banner = renderBanner(ready);
  for (const words of [
    'rtmp://10.0.0.7/live',
    'http://10.0.0.7:8080/watch/',
    'http://10.0.0.7:8080/embed/',
    'http://10.0.0.7:8080/live/',
    'No stream keys are set',
    'No admin token is set: anyone in this private network may change this gateway',
  ]) {
    expect(banner).toContain(words);
  }
  expect(banner).not.toContain('DEMO');
  expect(renderBanner({ ...ready, withDemo: true })).toContain('http://10.0.0.7:8080/watch/demo');
});

test('with keys the banner says how to make one, and what to press', () => {
  const banner = renderBanner({ ...ready, publishKeys: 2, program: 'npm start --' });
  expect(banner).toContain('npm start -- key add mystream');
  expect(banner).toContain('Press Ctrl+C to stop. All options: npm start -- --help');
  expect(renderBanner(ready)).not.toContain('key add');
});

test('a large terminal gets the watch page as a code, and the rest stays in sight', () => {
  const large = { columns: 200, rows: 60, hasColor: true };
  const isCoded = (given: Ready, terminal: Parameters<typeof renderBanner>[1]): boolean =>
    renderBanner(given, terminal).includes('▀');
  expect(isCoded(ready, large)).toBe(true);
  expect(isCoded(ready, { ...large, rows: 30 })).toBe(false);
  expect(isCoded(ready, { ...large, columns: 30 })).toBe(false);
  expect(isCoded(ready, { ...large, hasColor: false })).toBe(false);
  expect(isCoded({ ...ready, webHosts: ['localhost'] }, large)).toBe(false);
  expect(isCoded(ready, undefined)).toBe(false);
  const [, coded = ''] = renderBanner(ready, large).split('Scan to watch on a phone:\n');
  for (const line of coded.trimEnd().split('\n')) expect(line).toContain('[30;107m');
});

test('the code has the finder pattern of the standard in its corner', () => {
  const { lines, width } = terminalCode('http://10.0.0.7:8080/watch/mystream');
  const rows = lines.map((line) => line.slice('\u001b[30;107m'.length, -'\u001b[0m'.length));
  expect(new Set(rows.map((row) => row.length))).toEqual(new Set([width]));
  expect(rows.length).toBe(Math.ceil(width / 2));
  // Two light modules, then seven dark ones over one dark, five light and one dark.
  expect(rows.slice(1, 5).map((row) => row.slice(2, 9))).toEqual([
    '█▀▀▀▀▀█',
    '█ ███ █',
    '█ ▀▀▀ █',
    '▀▀▀▀▀▀▀',
  ]);
});

test('the banner counts admin tokens', () => {
  expect(renderBanner({ ...ready, adminTokens: 1 })).toContain('1 admin token is set: only it opens the API');
  expect(renderBanner({ ...ready, adminTokens: 2 })).toContain(
    '2 admin tokens are set: only they open the API',
  );
});

test('with a certificate the banner says where TLS is, and the ready line has both ports', () => {
  expect(renderBanner(ready)).not.toContain('https://');
  const ports = { ...ready.ports, rtmpsPort: 1936, httpsPort: 8443 };
  const info = { ...ready.info, rtmps: { port: 1936, servers: ['rtmps://10.0.0.7:1936/live'] } };
  const banner = renderBanner({ ...ready, info, ports });
  expect(banner).toContain('rtmps://10.0.0.7:1936/live');
  expect(banner).toContain('https://10.0.0.7:8443/watch/mystream');
  expect(JSON.parse(renderReadyLine({ ...ready, ports }))).toMatchObject(ports);
});

test('the banner takes each host from its own setting, with the brackets of IPv6 and the path in front', () => {
  const info = { ...ready.info, rtmp: { port: 1936, servers: ['rtmp://[::1]:1936/live'] } };
  const banner = renderBanner({ ...ready, info, webHosts: ['192.168.1.2'], basePath: '/tv' });
  expect(banner).toContain('rtmp://[::1]:1936/live/mystream');
  expect(banner).toContain('http://192.168.1.2:8080/tv/watch/mystream');
  expect(banner).not.toContain('http://[::1]');
});

test('only addresses that answer are shown, and the demo goes to one of them', () => {
  expect(reachableHosts('127.0.0.1')).toEqual(['127.0.0.1']);
  expect(reachableHosts('::1')).toEqual(['[::1]']);
  expect(reachableHosts('0.0.0.0').at(-1)).toBe('127.0.0.1');
  expect(reachableHosts('').at(-1)).toBe('localhost');
  expect(['', '0.0.0.0', '::', '127.0.0.2', 'name'].map(ownHost)).toEqual([
    '127.0.0.1',
    '127.0.0.1',
    '::1',
    '127.0.0.2',
    'name',
  ]);
});

test('help has examples first, then options, then every setting below its section', () => {
  const help = renderHelp('sluice');
  const order = ['Examples:', 'Options:', ...new Set(Object.values(SECTIONS))].map((word) =>
    help.indexOf(word),
  );
  expect(order).not.toContain(-1);
  expect(order).toEqual(order.toSorted((left, right) => left - right));
  const flat = help.replaceAll(/\s+/g, ' ');
  for (const setting of settingPaths()) {
    expect(help).toContain(hasFlag(setting) ? `  ${flagOf(setting)} <value>` : `  ${setting}, in the file`);
    expect(flat).toContain(settingOf(setting).meaning);
  }
  for (const option of [
    '--demo',
    '--config',
    '--print-config',
    '--print-schema',
    '-v, --version',
    '-h, --help',
    'SLUICE_RTMP_PORT',
  ])
    expect(help).toContain(option);
});

test('help fits a terminal of 80 columns, and -h one of 50 lines', () => {
  for (const isShort of [true, false]) {
    const wide = renderHelp('npm start --', isShort)
      .split('\n')
      .filter((line) => line.length > 80);
    expect(wide).toEqual([]);
  }
  const short = renderHelp('npm start --', true);
  expect(short.split('\n').length).toBeLessThanOrEqual(50);
  for (const setting of COMMON_SETTINGS) expect(short).toContain(flagOf(setting));
});

test.each([
  ['npm start', ['node', '/srv/scripts/start.mjs'], { npm_lifecycle_event: 'start' }, 'npm start --'],
  ['npm run demo', ['node', '/srv/x.mjs'], { npm_lifecycle_event: 'demo' }, 'npm start --'],
  ['the installed command', ['node', '/usr/local/bin/sluice'], {}, 'sluice'],
  ['node in the folder', ['node', '/srv/dist/server/main.js'], {}, 'node dist/server/main.js'],
  ['node from elsewhere', ['node', '/opt/main.js'], {}, 'node /opt/main.js'],
])('printed commands are those of %s', (_what, argv, environment, program) => {
  expect(programName(argv, environment, '/srv')).toBe(program);
  expect(renderHelp(program)).toContain(`Usage: ${program} [options]`);
});

test('the banner gives the public addresses where they are set', () => {
  const info = {
    ...ready.info,
    http: { publicUrl: 'https://live.example.org' },
    rtmp: { port: 1935, servers: ['rtmp://ingest.example.org/live'] },
  };
  const banner = renderBanner({ ...ready, info });
  expect(banner).toContain('rtmp://ingest.example.org/live');
  expect(banner).toContain('https://live.example.org/watch/');
  expect(banner).not.toContain('10.0.0.7');
});

test('with keys the banner says how many, and shows none in its examples', () => {
  const banner = renderBanner({ ...ready, publishKeys: 3 });
  expect(banner).toContain('3 stream keys are set: only they may publish, from any address');
  expect(banner).toContain('rtmp://10.0.0.7/live/STREAM_KEY');
  expect(banner).not.toContain('any name of letters');
  expect(banner).toContain('/watch/mystream');
  expect(renderBanner({ ...ready, publishKeys: 1 })).toContain('1 stream key is set: only it may publish');
  expect(JSON.parse(renderReadyLine({ ...ready, publishKeys: 3 }))).toMatchObject({ publishKeys: 3 });
});
