// What a report for strangers must not have.
import { expect, test } from 'vitest';
import { diagnosticReport, type ReportSources } from '../../../../web/dashboard/diagnostic-report.ts';
import { redactText } from '../../../../web/dashboard/redaction.ts';

test.each([
  ['A publisher has connected from 192.0.2.7.', '192.0.2.7'],
  ['from ::ffff:198.51.100.9 with OBS', '198.51.100.9'],
  ['from 2001:db8::17:4 again', '2001:db8'],
  ['from fe80::1', 'fe80'],
  ['from 2001:470:1:2:3:4:5:6', '470'],
  ['from 192.0.2.x', '192.0.2.x'],
  ['rtmp://ingest.example.com/live/secretkey is wrong', 'secretkey'],
  ['https://tv.example.org/watch/a?token=abc', 'tv.example.org'],
  ['host studio.lan did not answer', 'studio.lan'],
  ['key=abc123 was refused', 'abc123'],
  ['"token": "s3cr3t" was sent', 's3cr3t'],
  ['Bearer abcdefg', 'abcdefg'],
  ['the name k3yK3yk3yK3yk3yK3yk3yK3y9 is unknown', 'k3yK3yk3yK3yk3yK3yk3yK3y9'],
  ['kick of my-show was asked for', 'my-show'],
])('%s loses what it names', (text, secret) => {
  const redacted = redactText(text, 'my-show');
  expect(redacted).not.toContain(secret);
  expect(redacted).toMatch(/\[(?:address|removed|stream)\]/);
});

test.each([
  'Key frames are 8.3 s apart, expected at most 4 s.',
  'obs-output module (libobs version 31.0.0)',
  'avc1.640028 1920×1080 29.97 fps · mp4a.40.2 48 kHz',
  'At 20:14:05 the stream was stalled for 3 s.',
  'Settings → Output → Keyframe Interval: 2 s',
  'Lavf60.16.100',
  '-b:v 4500k -maxrate 4500k',
  'The publisher has ended its stream. The publication lasted 12 s.',
])('%s stays', (text) => {
  expect(redactText(text, 'my-show')).toBe(text);
});

test('the name is removed only where it is a word of its own', () => {
  expect(redactText('live streams deliver', 'live')).toBe('[stream] streams deliver');
  expect(redactText('a.b and a+b', 'a')).toBe('[stream].b and [stream]+b');
});

test('the report has numbers, findings and events, and nothing that names somebody', () => {
  const sources: ReportSources = {
    version: '0.2.0',
    name: 'live',
    nowMs: 1_700_000_000_000,
    card: {
      name: 'live',
      state: 'live',
      since: 0,
      verdict: 'bad',
      issueCount: 1,
      viewers: 2,
      bps: 4,
      encoder: 'OBS 31',
    },
    summary: 'The stream live has a fault.',
    issues: [
      {
        code: 'gopLong',
        severity: 'error',
        title: 'T',
        observed: '8 s from 192.0.2.1',
        expected: '2 s',
        fix: { generic: 'F' },
        values: {},
        fixValues: { obsVersion: 32, fps: 30 },
        since: 1_700_000_000_000 - 5_000,
      },
    ],
    numbers: undefined,
    encoderReport: { rendered: 9, lagged: 1, input: 9, skipped: 0, output: 9, dropped: 0 },
    segments: [],
    events: [{ t: 1_700_000_000_000 - 9_000, type: 'live', text: 'From 192.0.2.1.' }],
    viewers: [
      {
        id: 'secret-id',
        player: 'Firefox · Linux',
        kind: 'counted',
        count: 3,
        network: '198.51.100.x',
        since: 0,
      },
    ],
    server: { cpuPercent: 4 },
  };
  const text = diagnosticReport(sources);
  const report = JSON.parse(text);
  expect(report).toMatchObject({
    sluice: '0.2.0',
    state: 'live',
    verdict: 'bad',
    encoder: 'OBS 31',
    issues: [{ code: 'gopLong', forS: 5 }],
    events: [{ agoS: 9, type: 'live', text: 'From [address].' }],
    viewers: [{ player: 'Firefox · Linux', count: 3 }],
    encoderReport: { lagged: 1 },
  });
  for (const secret of ['192.0.2.1', '198.51.100', 'secret-id']) expect(text).not.toContain(secret);
  expect(report.summary).toBe('The stream [stream] has a fault.');
});
