// Each rule of the doctor: the facts that raise it, and those of a well-set push, which raise none.
import { expect, test } from 'vitest';
import { Diagnosis } from '../../../server/doctor/diagnosis.ts';
import { NEWEST_OBS } from '../../../server/doctor/encoder-menus.ts';
import type { Facts } from '../../../server/doctor/facts.ts';
import type { Rule } from '../../../server/doctor/rule.ts';
import { RULES } from '../../../server/doctor/rules.ts';
import { settingPaths } from '../../../server/settings/table.ts';
import type { IssueSeverity } from '../../../server/stats/operator-message.ts';
import { GOOD, GOOD_PICTURES, withEncoder, withPictures, withSource } from './source-facts.ts';

const keys = (changed: Partial<typeof GOOD_PICTURES.keys>) => ({ ...GOOD_PICTURES.keys, ...changed });
const LONG = keys({ count: 3, minMs: 8_300, maxMs: 8_300, meanMs: 8_300 });
const VARIED = keys({ minMs: 400, maxMs: 2_000, meanMs: 1_200, variation: 0.5, oddCount: 6 });

/** Facts that raise a rule, its severity, and what it says was measured. */
const RAISED: readonly (readonly [code: string, facts: Facts, severity: IssueSeverity, observed: string])[] =
  [
    ['gopLong', withPictures({ keys: LONG }), 'error', 'up to 8.3 s'],
    ['gopLong', withPictures({ sinceKeyMs: 4_100 }), 'error', 'no key frame for 4.1 s'],
    ['gopLong', withPictures({ keys: keys({ maxMs: 3_000 }) }), 'info', 'up to 3.0 s'],
    [
      'gopShort',
      withPictures({ keys: keys({ meanMs: 250, minMs: 250, maxMs: 250 }) }),
      'info',
      'every 0.3 s',
    ],
    ['gopVariable', withPictures({ keys: VARIED }), 'warning', 'from 0.4 s to 2.0 s'],
    [
      'openGop',
      withPictures({ openKeyFrames: 4, keys: keys({ maxMs: 4_000 }) }),
      'error',
      '4 open key frames in the last 30 s',
    ],
    [
      'openGop',
      withPictures({ recoveryPoints: 9, keys: keys({ count: 0 }), sinceKeyMs: 30_000 }),
      'error',
      'intra refresh in place of key frames',
    ],
    [
      'bFrames',
      withPictures({ reorderedShare: 0.5, maxOffsetMs: 66.7 }),
      'info',
      '50 % of the pictures, up to 67 ms later',
    ],
    ['bitrateUnstable', withPictures({ bpsVariation: 0.55 }), 'warning', '±55 % around 2500 kbit/s'],
    [
      'bitrateLow',
      withPictures({ bps: 400_000 }),
      'info',
      '400 kbit/s at 1280×720; at least 700 kbit/s look good',
    ],
    [
      'bitrateHigh',
      withPictures({ bps: 20_000_000 }),
      'info',
      '20.0 Mbit/s at 1280×720; 8000 kbit/s are enough',
    ],
    ['framesDropped', withPictures({ missingShare: 0.03 }), 'warning', '3.0 % are missing'],
    ['renderLag', withEncoder({ lagged: 27 }), 'warning', '3.0 % of the pictures were rendered late'],
    ['renderLag', withEncoder({ lagged: 180 }), 'error', '20 % of the pictures were rendered late'],
    ['encoderOverload', withEncoder({ skipped: 27 }), 'warning', '3.0 % of the pictures were skipped'],
    ['encoderOverload', withEncoder({ skipped: 9_000 }), 'error', '100 % of the pictures were skipped'],
    [
      'networkDrops',
      withEncoder({ dropped: 27 }, { pictures: { ...GOOD_PICTURES, missingShare: 0.03 } }),
      'warning',
      '3.0 % of the pictures were dropped',
    ],
    ['networkDrops', withEncoder({ dropped: 180 }), 'error', '20 % of the pictures were dropped'],
    [
      'framesDropped',
      withEncoder({}, { pictures: { ...GOOD_PICTURES, missingShare: 0.03 } }),
      'warning',
      '3.0 % are missing',
    ],
    [
      'resolutionChanged',
      withPictures({ sizeChange: { from: '1280×720', to: '640×360' } }),
      'info',
      '1280×720 → 640×360',
    ],
    [
      'metaMismatch',
      withPictures({ announced: { width: 1920, height: 1080 } }),
      'info',
      'announced 1920×1080, sent 1280×720',
    ],
    [
      'metaMismatch',
      withPictures({ announced: { frameRate: 60 } }),
      'info',
      'announced 60 fps, sent 30.0 fps',
    ],
    [
      'videoStarved',
      withSource({ pace: { rate: 0.6, tolerance: 0.01, aheadMs: -4_000 } }),
      'error',
      '0.60 s of media in a second',
    ],
    [
      'fasterThanRealtime',
      withSource({ pace: { rate: 4, tolerance: 0.01, aheadMs: 20_000 } }),
      'error',
      '4.0 s of media in a second',
    ],
    [
      'avDrift',
      withSource({ avOffsetMs: -150 }),
      'warning',
      'timestamps of sound are 150 ms behind those of pictures',
    ],
    [
      'avDrift',
      withSource({ avOffsetMs: 700 }),
      'error',
      'timestamps of sound are 700 ms ahead of those of pictures',
    ],
    ['avDrift', withSource({ startOffsetMs: 700 }), 'warning', 'sound begins 700 ms after the pictures'],
    ['timestampJump', withSource({ clockJumps: 1 }), 'warning', '1 jump in the last 30 s'],
    [
      'timestampJump',
      withSource({ badTimestamps: 5 }),
      'warning',
      '5 timestamps do not advance in the last 30 s',
    ],
    ['noVideo', withSource({ pictures: undefined }), 'warning', 'no picture after 60 s'],
    [
      'noVideo',
      withSource({ pictures: undefined, isWithoutPictures: true }),
      'info',
      'no picture, as the encoder announced',
    ],
    ['noAudio', withSource({ sound: undefined }), 'info', 'no sound after 60 s'],
    ['codecUnsupported', withPictures({ chromaFormat: 3 }), 'error', 'H.264 with 8 bit 4:4:4'],
    ['codecUnsupported', withPictures({ bitDepth: 10 }), 'error', 'H.264 with 10 bit 4:2:0'],
    [
      'codecUnsupported',
      withSource({ pictures: undefined, leftOut: [['v0', 'unsupported_video_codec']] }),
      'error',
      'track v0 is not played: unsupported_video_codec',
    ],
    [
      'trackUnreadable',
      withSource({ sound: undefined, leftOut: [['a0', 'bad_aac_config']] }),
      'error',
      'track a0 is not played: bad_aac_config',
    ],
    [
      'codecReach',
      withPictures({ isInterlaced: true }),
      'info',
      'interlaced pictures: many hardware decoders show stripes or nothing',
    ],
    [
      'codecReach',
      withSource({ sound: { sampleRate: 48_000, channels: 2, objectType: 4 } }),
      'info',
      'AAC object type 4: most browsers play LC and HE only',
    ],
    [
      'audioRateOdd',
      withSource({ sound: { sampleRate: 96_000, channels: 1, objectType: 2 } }),
      'info',
      '96 kHz',
    ],
    [
      'audioChannels',
      withSource({ sound: { sampleRate: 48_000, channels: 6, objectType: 2 } }),
      'info',
      '6 channels',
    ],
    ['flapping', { ...GOOD, reconnects: 4 }, 'error', '4 times in 5 minutes'],
    ['viewersStalling', { ...GOOD, viewers: { stallingShare: 0.25 } }, 'warning', '25 % of the players'],
    ['noHttps', { ...GOOD, viewers: { plainAppleViewers: 1 } }, 'warning', '1 player over HTTP'],
    ['serverBusy', { ...GOOD, loopP99Ms: 80 }, 'error', '80 ms'],
  ];

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
  expect(judged(facts)).toEqual([{ code, severity, observed }]);
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

test('another severity is told, with the same beginning', () => {
  const diagnosis = new Diagnosis();
  const step = (avOffsetMs: number, at: number) =>
    diagnosis.judge(withSource({ avOffsetMs }), undefined, undefined, at);
  for (let second = 0; second < 5; second += 1) step(200, 5_000);
  expect(diagnosis.health.verdict).toBe('ok');
  expect(step(800, 9_000)).toMatchObject([{ issue: { severity: 'error', since: 5_000 }, isCleared: false }]);
  expect(diagnosis.health).toMatchObject({
    verdict: 'bad',
    summary: 'Bad: Sound and pictures are apart (timestamps of sound are 800 ms ahead of those of pictures).',
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
    const facts = withPictures({ keys: LONG, fps: 59.94 });
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
        const texts = Object.values(rule.fix({ obs, fps, bps }));
        expect(texts.join()).not.toMatch(/NaN|undefined|Infinity|\bnull\b/);
        expect(rule.fix({ obs, fps, bps }).generic).toMatch(/\.$/);
      }
});

test('fixes name settings that exist', () => {
  const sections = new Set(settingPaths().map((path) => path.split('.')[0]));
  const texts = RULES.flatMap(({ fix }) => Object.values(fix({ obs: NEWEST_OBS, fps: 30, bps: undefined })));
  const named = [...texts.join(' ').matchAll(/\b([a-z]+)\.[a-z-]+/g)]
    .filter(([, section = '']) => sections.has(section))
    .map(([path]) => path);
  expect(named).not.toEqual([]);
  expect(settingPaths()).toEqual(expect.arrayContaining(named));
});
