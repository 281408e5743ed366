// Each rule of the doctor: the facts that raise it, and those of a well-set push, which raise none.
import { expect, test } from 'vitest';
import { Diagnosis } from '../../../server/doctor/diagnosis.ts';
import { NEWEST_OBS } from '../../../server/doctor/encoder-menus.ts';
import type { Facts } from '../../../server/doctor/facts.ts';
import type { Rule } from '../../../server/doctor/rule.ts';
import { RULES } from '../../../server/doctor/rules.ts';
import { settingPaths } from '../../../server/settings/table.ts';
import { LONG_GOP, RAISED } from './raised-facts.ts';
import { GOOD, withEncoder, withPictures, withSource } from './source-facts.ts';

const judged = (facts: Facts) =>
  RULES.flatMap((rule) => {
    const judgement = rule.judge(facts);
    return typeof judgement === 'string' ? [] : [{ code: rule.code, ...judgement }];
  });

test('a well-set push raises nothing, and is fine by every rule', () => {
  for (const good of [GOOD, withEncoder({}), withEncoder({ lagged: 18, skipped: 18, dropped: 18 })])
    expect(RULES.map((rule) => [rule.code, rule.judge(good)])).toEqual(
      RULES.map(({ code }) => [code, 'fine']),
    );
});

test.each(RAISED)('%s is raised by its facts, and no other rule is', (code, facts, severity, observed) => {
  expect(judged(facts)).toMatchObject([{ code, severity, observed }]);
});

test('every rule is raised by a row of this table, in each of its severities', () => {
  const all = RULES.flatMap(({ code, severities }) => severities.map((severity) => `${code} ${severity}`));
  expect(new Set(RAISED.map(([code, , severity]) => `${code} ${severity}`))).toEqual(new Set(all));
});

test.each(RULES)(
  '$code is raised after its time, is cleared after twice as long, and starts anew',
  (rule) => {
    const bad = RAISED.find(([code]) => code === rule.code)?.[1] ?? GOOD;
    const diagnosis = new Diagnosis();
    const step = (facts: Facts) => diagnosis.judge(facts, undefined, undefined, 1_000);
    for (let round = 0; round < 2; round += 1) {
      for (let second = 1; second < rule.raiseAfterS; second += 1) expect(step(bad)).toEqual([]);
      expect(step(bad)).toMatchObject([{ issue: { code: rule.code, since: 1_000 }, isCleared: false }]);
      expect(step(bad)).toEqual([]);
      for (let second = 1; second < 2 * rule.raiseAfterS; second += 1) expect(step(GOOD)).toEqual([]);
      expect(step(GOOD)).toMatchObject([{ issue: { code: rule.code }, isCleared: true }]);
      expect(diagnosis.health).toEqual({
        verdict: 'good',
        summary: 'Good: nothing needs to be changed.',
        issues: [],
      });
    }
  },
);

test('facts that are not known yet neither raise nor clear', () => {
  const diagnosis = new Diagnosis();
  const none: Facts = { source: undefined, reconnects: 0, viewers: undefined, loopP99Ms: undefined };
  const step = (facts: Facts) => diagnosis.judge(facts, undefined, undefined, 1_000);
  for (let second = 0; second < 60; second += 1) expect(step(none)).toEqual([]);
  expect(diagnosis.health.verdict).toBe('noData');
  for (let second = 0; second < 5; second += 1) step(withSource({ avOffsetMs: 700 }));
  for (let second = 0; second < 60; second += 1) expect(step(none)).toEqual([]);
  expect(diagnosis.health).toMatchObject({ verdict: 'noData', issues: [{ code: 'avDrift' }] });
});

test('an issue has its values as data, those of the fix too', () => {
  const diagnosis = new Diagnosis();
  for (let second = 0; second < 2; second += 1)
    diagnosis.judge(withPictures({ keys: LONG_GOP, fps: 59.94 }), 'Lavf61', 2_000_000, 1_000);
  expect(diagnosis.health.issues).toMatchObject([
    {
      code: 'gopLong',
      values: { kind: 'upTo', longestMs: 8_300 },
      fixValues: { obsVersion: NEWEST_OBS, fps: 59.94, bps: 2_000_000, lowerBps: 1_400_000 },
    },
  ]);
});

test('a size of which onMetaData announces one side only has both', () => {
  const facts = withPictures({ announced: { height: 480 } });
  expect(judged(facts)).toMatchObject([{ observed: 'announced 1280×480, sent 1280×720' }]);
});

test('another severity is told, with the same beginning', () => {
  const diagnosis = new Diagnosis();
  const step = (avOffsetMs: number, at: number) =>
    diagnosis.judge(withSource({ avOffsetMs }), undefined, undefined, at);
  for (let second = 0; second < 5; second += 1) step(200, 5_000);
  expect(diagnosis.health.verdict).toBe('ok');
  expect(step(800, 9_000)).toMatchObject([{ issue: { severity: 'error', since: 5_000 }, isCleared: false }]);
  expect(diagnosis.health).toMatchObject({
    verdict: 'bad',
    summary:
      'Problem: Sound and pictures are apart (timestamps of sound are 800 ms ahead of those of pictures).',
  });
});

test('the worst issue comes first', () => {
  const diagnosis = new Diagnosis();
  const facts = { ...withPictures({ reorderedShare: 1, missingShare: 0.5, chromaFormat: 2 }), reconnects: 9 };
  for (let second = 0; second < 9; second += 1) diagnosis.judge(facts, undefined, undefined, second);
  expect(diagnosis.health.issues.map(({ code }) => code)).toEqual([
    'codecUnsupported',
    'flapping',
    'framesDropped',
    'bFrames',
  ]);
});

test('fixes name the menus of the OBS that pushes, and the frame rate that is sent', () => {
  const fixFrom = (encoder: string) => {
    const diagnosis = new Diagnosis();
    const facts = withPictures({ keys: LONG_GOP, fps: 59.94 });
    for (let second = 0; second < 2; second += 1) diagnosis.judge(facts, encoder, undefined, 0);
    return diagnosis.health.issues[0]?.fix;
  };
  expect(fixFrom('obs-output module (libobs version 27.2.4)')).toMatchObject({
    obs: expect.stringContaining('Keyframe Interval (seconds, 0=auto): 2'),
    ffmpeg: '-g 120 -keyint_min 120 -sc_threshold 0',
  });
  expect(fixFrom('obs-output module (libobs version 31.0.0)')?.obs).toContain(
    'Keyframe Interval (0=auto): 2 s',
  );
  expect(fixFrom('vMix')?.obs).toContain('Keyframe Interval (0=auto): 2 s');
});

test.each(RULES)('$code has words without a gap, whatever is known', (rule: Rule) => {
  for (const fps of [30, 59.94, 1000])
    for (const bps of [undefined, 0, 2_000_000])
      for (const obs of [20, 28, NEWEST_OBS]) {
        const values = { obsVersion: obs, fps, ...(bps === undefined ? {} : { bps, lowerBps: 0.7 * bps }) };
        const texts = Object.values(rule.fix(values));
        expect(texts.join()).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
        expect(rule.fix(values).generic).toMatch(/\.$/);
      }
});

test('fixes name settings that exist', () => {
  const sections = new Set(settingPaths().map((path) => path.split('.')[0]));
  const texts = RULES.flatMap(({ fix }) => Object.values(fix({ obsVersion: NEWEST_OBS, fps: 30 })));
  const named = [...texts.join(' ').matchAll(/\b([a-z]+)\.[a-z-]+/g)]
    .filter(([, section = '']) => sections.has(section))
    .map(([path]) => path);
  expect(named).not.toEqual([]);
  expect(settingPaths()).toEqual(expect.arrayContaining(named));
});
