// What the command says: one JSON line for programs, a banner and a help for people.
import { expect, test } from 'vitest';
import { type Ready, renderBanner, renderHelp, renderReadyLine } from '../../server/banner.ts';
import { flagOf, SETTINGS } from '../../server/settings.ts';

const ready: Ready = {
  info: {
    version: '1.2.3',
    rtmp: { port: 1935, servers: ['rtmp://10.0.0.7/live', 'rtmp://localhost/live'] },
  },
  ports: { rtmpPort: 1935, httpPort: 8080 },
  startupMs: 12,
  withDemo: false,
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
  ]) {
    expect(banner).toContain(words);
  }
  expect(banner).not.toContain('DEMO');
  expect(renderBanner({ ...ready, withDemo: true })).toContain('http://10.0.0.7:8080/watch/demo');
});

test('with a certificate the banner says where TLS is, and the ready line has both ports', () => {
  expect(renderBanner(ready)).not.toContain('https://');
  const ports = { ...ready.ports, rtmpsPort: 1936, httpsPort: 8443 };
  const banner = renderBanner({ ...ready, ports });
  expect(banner).toContain('rtmps://10.0.0.7:1936/live');
  expect(banner).toContain('https://10.0.0.7:8443/watch/first');
  expect(JSON.parse(renderReadyLine({ ...ready, ports }))).toMatchObject(ports);
});

test('the banner takes an IPv6 address, with its brackets', () => {
  const info = { ...ready.info, rtmp: { port: 1936, servers: ['rtmp://[::1]:1936/live'] } };
  expect(renderBanner({ ...ready, info })).toContain('http://[::1]:8080/watch/');
});

test('help lists every setting and every option', () => {
  const help = renderHelp();
  for (const [path, { meaning }] of Object.entries(SETTINGS)) {
    expect(help).toContain(`  ${flagOf(path)} <value>\n      ${meaning}`);
  }
  for (const option of ['--demo', '--config', '--print-config', '--version', '--help', 'SLUICE_RTMP_PORT']) {
    expect(help).toContain(option);
  }
});
