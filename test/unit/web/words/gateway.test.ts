// What the gateway says in English, in every other language: each rule of the doctor, with the values of real findings, and each event.
import { afterEach, describe, expect, it } from 'vitest';
import { Diagnosis } from '../../../../server/doctor/diagnosis.ts';
import { RULES } from '../../../../server/doctor/rules.ts';
import { PUBLISH_ERRORS } from '../../../../server/errors/publish-errors.ts';
import type { Issue } from '../../../../server/stats/operator-message.ts';
import {
  briefSummary,
  eventText,
  issueText,
  summaryText,
  topIssueTitle,
} from '../../../../web/doctor/issue-text.ts';
import { refusalText } from '../../../../web/doctor/refusal-text.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { gatewayWords } from '../../../../web/words/gateway.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';
import { percentText } from '../../../../web/words/measures.ts';
import { RAISED } from '../../doctor/raised-facts.ts';
import type { GOOD } from '../../doctor/source-facts.ts';

const OTHERS = LANGUAGES.filter((language) => language !== 'en');
const GAP = /NaN|undefined|Infinity|\bnull\b|\[object/;
/** Every code for which a publish request is refused (server/access, server/ingest/publish-decision.ts, publication.ts, rtmp-connection.ts). */
const REFUSED = [
  'no_stream_name',
  'bad_stream_name',
  'bad_publish_name',
  'name_taken',
  'name_closed',
  'server_busy',
  'public_address',
  'unknown_key',
  'key_expired',
  'key_network',
  'key_attempts',
  'callback_refused',
  'callback_timeout',
  'callback_failed',
  'authorizer_failed',
  'publish_rate',
  'publish_deadline',
];
/** English words in flags of ffmpeg: those that are no part of a flag, as in "-b:v with less". */
const ENGLISH =
  /(?<![-\w:=+.])(?:with|less|more|or|and|add|before|for|both|where|faster|encode|again|smaller)\b/;

afterEach(() => speak(['en']));

/** The finding that these facts raise, as the gateway sends it. */
function issueFrom(code: string, facts: typeof GOOD): Issue {
  const diagnosis = new Diagnosis();
  for (let second = 0; second < 20; second += 1) diagnosis.judge(facts, undefined, 2_500_000, 0);
  const issue = diagnosis.health.issues.find((each) => each.code === code);
  if (issue === undefined) throw new Error(`nothing raised ${code}`);
  return JSON.parse(JSON.stringify(issue)) as Issue;
}

const ISSUES = RAISED.map(([code, facts]) => issueFrom(code, facts));

describe('in English', () => {
  it('pages show what the gateway says', async () => {
    await speak(['en']);
    for (const issue of ISSUES)
      expect(issueText(issue)).toMatchObject({ title: issue.title, fix: issue.fix });
    const health = { verdict: 'good' as const, summary: 'A sentence.', issues: [] };
    expect(summaryText(health)).toBe('A sentence.');
    expect(eventText({ t: 1, type: 'live', text: 'It plays.' })).toBe('It plays.');
  });
});

describe.each(OTHERS)('in %s', (language) => {
  it('every rule has its own words, with nothing missing in them', async () => {
    await speak([language]);
    expect(new Set(ISSUES.map(({ code }) => code))).toEqual(new Set(RULES.map(({ code }) => code)));
    for (const issue of ISSUES) {
      const { title, observed, expected, fix } = issueText(issue);
      expect([title, fix.generic].filter((text) => [issue.title, issue.fix.generic].includes(text))).toEqual(
        [],
      );
      expect(Object.keys(fix).sort()).toEqual(Object.keys(issue.fix).sort());
      for (const text of [title, observed, expected, ...Object.values(fix)]) {
        expect(text, issue.code).not.toMatch(GAP);
        expect(text.trim(), issue.code).not.toBe('');
      }
    }
  });

  it('flags of ffmpeg have no English words around them, and are the flags that the gateway names', async () => {
    await speak([language]);
    const flagsOf = (text: string): readonly string[] => text.match(/(?<![\w-])-[a-z][\w:]*/g) ?? [];
    for (const issue of ISSUES) {
      const { ffmpeg } = issueText(issue).fix;
      if (ffmpeg === undefined || issue.fix.ffmpeg === undefined) continue;
      expect(ffmpeg, issue.code).not.toMatch(ENGLISH);
      expect(flagsOf(ffmpeg).toSorted(), issue.code).toEqual(flagsOf(issue.fix.ffmpeg).toSorted());
    }
  });

  it('every number of a finding is in its sentence, as the language writes it', async () => {
    await speak([language]);
    for (const issue of ISSUES) {
      const { observed } = issueText(issue);
      const count = Object.values(issue.values).filter((value) => typeof value === 'number').length;
      // A size is one text, so that two numbers are beside each other; `one` is a word in some languages.
      const found = observed.replace(/\b(?:ein|eine|einen|un|una)\b/g, '1').match(/\d+(?:[.,]\d+)*/g) ?? [];
      expect(found.length, `${issue.code}: ${observed}`).toBeGreaterThanOrEqual(count);
    }
  });

  it('a verdict has the worst finding, and how many others there are', async () => {
    await speak([language]);
    const [first, second, third] = ISSUES as [Issue, Issue, Issue];
    for (const verdict of ['good', 'ok', 'bad'] as const) {
      const text = summaryText({ verdict, summary: 'English', issues: [first, second, third] });
      expect(text).toContain(issueText(first).title);
      expect(text).toContain(issueText(first).observed);
      expect(text).toContain('2');
      expect(text).not.toContain('English');
    }
    expect(summaryText({ verdict: 'noData', summary: 'English', issues: [] })).not.toContain('English');
    expect(summaryText({ verdict: 'good', summary: 'English', issues: [] })).not.toContain('English');
  });

  it('every event is said, with its values', async () => {
    await speak([language]);
    const said = (type: string, values?: Record<string, string | number>) =>
      eventText({ t: 1, type, text: 'English.', ...(values === undefined ? {} : { values }) });
    const texts = [
      said('offline'),
      said('connecting', { address: '192.0.2.7', encoder: 'OBS 31' }),
      said('connecting'),
      said('starting'),
      said('live'),
      said('stalled', { silentMs: 4_000 }),
      ...['stopped', 'lost', 'replaced', 'draining', 'refused'].map((kind) =>
        said('reconnecting', { kind, publishedMs: 61_000, error: 'unsupported_codec', detail: 'VP6' }),
      ),
      said('ended', { mediaMs: 7_000 }),
      said('timestampJump'),
      said('issue', { issue: 'gopLong' }),
      said('issueCleared', { issue: 'gopLong' }),
    ];
    expect(texts.filter((text) => text.includes('English') || GAP.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
    expect(texts[1]).toContain('192.0.2.7');
    expect(texts[1]).toContain('OBS 31');
    expect(texts.filter((text) => text.includes('unsupported_codec'))).toHaveLength(1);
  });

  it('every refusal has its own sentence', async () => {
    await speak([language]);
    const codes = Object.keys(gatewayWords.refused ?? {});
    expect(codes.filter((code) => !Object.hasOwn(PUBLISH_ERRORS, code))).toEqual([]);
    const texts = codes.map((code) => refusalText({ code, reason: 'English' }));
    expect(texts.filter((text) => text.includes('English') || !/[.。]$/.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
    expect(REFUSED.filter((code) => !codes.includes(code))).toEqual([]);
    for (const limit of ['stream.max-streams', 'stream.max-tests', 'media.max-memory'])
      expect(refusalText({ code: 'server_busy', reason: 'English' })).toContain(limit);
    const reason = 'the <b>key</b> of 50 %';
    expect(refusalText({ code: 'callback_refused', reason: 'English', values: { reason } })).toContain(
      reason,
    );
    expect(refusalText({ code: 'toString', reason: 'the key is wrong' })).toBe('The key is wrong.');
  });

  it('a code that the page does not know keeps the English words', async () => {
    await speak([language]);
    const [first] = ISSUES as [Issue];
    for (const code of ['newRule', 'toString', '__proto__', 'constructor']) {
      const issue = { ...first, code };
      expect(issueText(issue)).toBe(issue);
      expect(topIssueTitle({ topIssue: 'A title', topIssueCode: code })).toBe('A title');
      expect(eventText({ t: 1, type: 'issue', text: 'A title', values: { issue: code } })).toBe('A title');
      expect(eventText({ t: 1, type: code, text: 'A text' })).toBe('A text');
    }
  });
});

it('numbers, units and plurals are those of the language', async () => {
  await speak(['de']);
  const observed = (code: string, at = 0) =>
    issueText(ISSUES.filter((issue) => issue.code === code)[at] as Issue).observed;
  expect(observed('gopLong')).toBe('bis zu 8,3 s');
  expect(observed('bitrateUnstable')).toBe('±55\u00a0% um 2,5 Mbit/s');
  expect(observed('timestampJump')).toMatch(/^(?:ein Sprung|\d Sprünge) in den letzten 30 s$/);
  await speak(['ja']);
  expect(observed('gopLong')).toBe('最長 8.3 秒');
});

it('menus are those of OBS in the language, in the version that pushes', async () => {
  await speak(['de']);
  const bFrames = ISSUES.find(({ code }) => code === 'bFrames') as Issue;
  const withVersion = (obsVersion: number) =>
    issueText({ ...bFrames, fixValues: { obsVersion, fps: 30 } }).fix.obs;
  expect(withVersion(30)).toContain('NVENC → Max. B-Frames: 0');
  expect(withVersion(32)).toContain('NVENC → B-Frames: 0');
  const gopLong = ISSUES.find(({ code }) => code === 'gopLong') as Issue;
  expect(issueText(gopLong).fix.obs).toBe(
    'Einstellungen → Ausgabe → Ausgabemodus: Erweitert → Stream → Keyframeintervall: 2 s',
  );
});

it.each([
  ['de', 'Der Stream wurde 61 s lang gesendet.'],
  ['es', 'La transmisión duró 61 s.'],
  ['pt', 'A transmissão durou 61 s.'],
  ['ja', '配信時間は 61 秒でした。'],
  ['zh', '此前推流了 61 秒。'],
])(
  'in %s, the sentence about how long it lasted names the stream, whatever the reason',
  async (language, lasted) => {
    await speak([language]);
    for (const kind of ['stopped', 'lost', 'replaced', 'draining', 'refused']) {
      const values = { kind, publishedMs: 61_000 };
      const text = eventText({ t: 1, type: 'reconnecting', text: 'English.', values });
      expect(text.endsWith(lasted), text).toBe(true);
    }
  },
);

it('a verdict that is newer than the sentence of the gateway is said as the language says it', async () => {
  const said = (more: number) => briefSummary('bad', '标题', more);
  await speak(['en']);
  expect(said(2)).toBeUndefined();
  await speak(['zh']);
  expect(said(0)).toBe('有问题：标题。');
  expect(said(2)).toBe('有问题：标题，另有 2 项。');
  expect(briefSummary('good', undefined, 0)).toBe('良好：无需更改。');
  expect(briefSummary('noData', '标题', 0)).toBe('数据太少，暂时无法判断。');
});

it.each([
  ['es', 'Baja la tasa de bits al 70 % de la actual,'],
  ['pt', 'Reduza a taxa de bits para 70% da atual,'],
])('in %s, an unknown bit rate fits into its sentence', async (language, start) => {
  await speak([language]);
  const starved = ISSUES.find(({ code }) => code === 'videoStarved') as Issue;
  const { fix } = issueText({ ...starved, fixValues: { obsVersion: 32, fps: 30 } });
  expect(fix.generic.slice(0, start.length)).toBe(start);
});

it('shares are written alike, whether they are measured or fixed', async () => {
  for (const language of OTHERS) {
    await speak([language]);
    const [, space = ''] = percentText(0.5).match(/50(\s?)%/) ?? [];
    for (const issue of ISSUES) {
      const { title, observed, expected, fix } = issueText({
        ...issue,
        fixValues: { obsVersion: 32, fps: 30 },
      });
      for (const text of [title, observed, expected, ...Object.values(fix)])
        for (const [, found = ''] of text.matchAll(/\d(\s?)%/g))
          expect(found.length, `${language}: ${text}`).toBe(space.length);
    }
  }
});

it('markup in a value stays text', async () => {
  await speak(['de']);
  const issue = ISSUES.find(({ code }) => code === 'trackUnreadable') as Issue;
  const values = { kind: 'track', track: '<img src=x>', error: '<script>' };
  expect(issueText({ ...issue, values }).observed).toBe('Spur <img src=x> wird nicht abgespielt: <script>');
});
