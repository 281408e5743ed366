// Which refused encoders and which remedies the set-up page shows.
import { expect, test } from 'vitest';
import { fixFor } from '../../../../web/setup/issue-fix.ts';
import { shownRejections } from '../../../../web/setup/shown-rejections.ts';

const NOW = 1_000_000_000;
const attempt = (agoS: number, name?: string, remoteAddress = `192.0.2.${agoS % 200}`) => ({
  t: NOW - agoS * 1_000,
  code: 'name_in_use',
  reason: 'the name is in use',
  remoteAddress,
  ...(name === undefined ? {} : { name }),
});

test('refusals of the name, and of keys that belong to no name, the newest first', () => {
  const attempts = [
    attempt(30, 'show'),
    attempt(10),
    attempt(20, 'other'),
    attempt(5, 'show'),
    attempt(700, 'show'),
  ];
  const shown = shownRejections(attempts, { name: 'show', nowMs: NOW });
  expect(shown.map(({ t }) => (NOW - t) / 1_000)).toEqual([5, 10, 30]);
});

test('an encoder that was accepted later makes earlier refusals history', () => {
  const attempts = [attempt(30, 'show'), attempt(5, 'show')];
  const shown = shownRejections(attempts, { name: 'show', nowMs: NOW, connectedAt: NOW - 10_000 });
  expect(shown.map(({ t }) => (NOW - t) / 1_000)).toEqual([5]);
});

test('an encoder that tries again is one line, with its last attempt', () => {
  const attempts = [
    attempt(30, 'show', '192.0.2.1'),
    attempt(20, 'show', '192.0.2.1'),
    attempt(10, 'show', '192.0.2.2'),
  ];
  const shown = shownRejections(attempts, { name: 'show', nowMs: NOW });
  expect(shown.map(({ t, count }) => [(NOW - t) / 1_000, count])).toEqual([
    [10, 1],
    [20, 2],
  ]);
});

test('three at most', () => {
  const attempts = Array.from({ length: 9 }, (_, at) => attempt(at, 'show'));
  expect(shownRejections(attempts, { name: 'show', nowMs: NOW })).toHaveLength(3);
});

test.each([
  ['obs-output module (libobs version 31.0.0)', 'menu'],
  ['Lavf61.1.100', '-g 60'],
  ['vMix', 'any'],
  [undefined, 'any'],
])('the remedy for %s is %s', (encoder, expected) => {
  const fix = { obs: 'menu', ffmpeg: '-g 60', generic: 'any' };
  expect(fixFor({ fix }, encoder)).toBe(expected);
  expect(fixFor({ fix: { generic: 'any' } }, encoder)).toBe('any');
});
