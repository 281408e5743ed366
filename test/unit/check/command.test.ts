// The command as users run it: exit codes, text, JSON, and its messages when it cannot run.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../../server/check/check-stream.ts';
import { whenDone } from '../../support/cleanup.ts';
import { CHECKOUT } from '../../support/gateway-process.ts';
import { type Script, startOrigin } from './scripted-origin.ts';

type Outcome = { readonly code: number; readonly stdout: string; readonly stderr: string };

function checkHls(...args: string[]): Promise<Outcome> {
  const main = path.join(CHECKOUT, 'server/check/main.ts');
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', main, ...args],
      { cwd: CHECKOUT },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

async function originOf(script: Script): Promise<string> {
  const origin = await startOrigin(script);
  whenDone(origin.close);
  return origin.url;
}

const PATIENT = ['--network-ms', '20000', '--seconds', '45'];

test('0 and a few lines when nothing is found', async () => {
  const { code, stdout } = await checkHls(await originOf({}), ...PATIENT);
  expect(stdout).toContain('nothing found');
  expect(stdout).toContain('TARGETDURATION 1 s, parts of 0.2 s; avc1.42c00a + mp4a.40.2, 25.000 fps');
  expect(code).toBe(0);
});

test('1 and the rule, the clause, the value and the line', async () => {
  const url = await originOf({ holdBack: 2.5 });
  const { code, stdout } = await checkHls(url, ...PATIENT);
  expect(stdout).toContain('ERROR hold_back_too_small (4.4.3.8)');
  expect(stdout).toContain('HOLD-BACK=2.5 and TARGETDURATION 1');
  expect(stdout).toMatch(/main\.m3u8\S*, line 4\n {4}#EXT-X-SERVER-CONTROL:/);
  expect(code).toBe(1);
});

test('warnings count unless told otherwise; --json is for machines', async () => {
  const script: Script = { playlist: (text) => text.replace(/#EXT-X-PRELOAD-HINT:.*\n/, '') };
  const strict = await checkHls(await originOf(script), '--json', ...PATIENT);
  const report = JSON.parse(strict.stdout) as CheckReport;
  expect(report.findings.map((group) => group.code)).toEqual(['hint_missing']);
  expect([report.errors, strict.code]).toEqual([0, 1]);
  const mild = await checkHls(await originOf(script), '--errors-only', ...PATIENT);
  expect(mild.code).toBe(0);
});

test.each([
  ['a page', (url: string) => [url.replace('index.m3u8', 'part-0.m4s')], /not an HLS playlist/],
  [
    'nothing there',
    (url: string) => [url.replace('index', 'nobody')],
    /status 404\. Publish the stream first/,
  ],
  ['no server', () => ['http://127.0.0.1:9/index.m3u8'], /Is the server running/],
  ['no URL', () => [], /name one playlist URL/],
  ['no such time', (url: string) => [url, '--seconds', '0'], /--seconds: 0 is not a number from 1/],
  ['an unknown option', (url: string) => [url, '--fast'], /--fast/],
])('2 and what to do: %s', async (_what, argsFor, message) => {
  const { code, stderr } = await checkHls(...argsFor(await originOf({})));
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test('--rules lists every rule', async () => {
  const { code, stdout } = await checkHls('--rules');
  expect(stdout).toContain('extinf_above_target (error, 4.4.3.1): EXTINF rounds to TARGETDURATION at most\n');
  expect(code).toBe(0);
});
