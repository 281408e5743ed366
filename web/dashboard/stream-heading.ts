// The top of the page of a stream: its name and state, the verdict in one sentence, what can be done, and the numbers of now.

import type { StreamCard, Verdict } from '../../server/stats/operator-message.ts';
import { briefSummary, issueTitle, summaryText, topIssueTitle } from '../doctor/issue-text.ts';
import { verdictLine } from '../doctor/verdict-line.ts';
import { withLanguage } from '../page/carried-language.ts';
import { element, setData, setText } from '../page/element.ts';
import {
  formatBitrate,
  formatCount,
  formatDuration,
  formatFrameRate,
  formatInterval,
} from '../page/format.ts';
import { testReportUrl, watchUrl } from '../page/gateway-urls.ts';
import { glyph } from '../page/glyph.ts';
import { readableMedia } from '../page/readable-media.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { doctorWords } from '../words/doctor.ts';
import { NOTHING } from './figures.ts';
import { latencyPair } from './latency-pair.ts';
import { placeUrl } from './place.ts';
import { type StreamActionsOptions, streamActions } from './stream-actions.ts';
import { pillText } from './stream-card.ts';
import type { StreamFacts } from './stream-facts.ts';

const { stream, cards } = dashboardWords;
const { list: doctor } = doctorWords;

/** A publisher is connected in these states. */
const PUBLISHED = new Set(['connecting', 'starting', 'live', 'stalled']);

type Row = {
  readonly key: string;
  readonly term: () => string;
  readonly value: (facts: StreamFacts) => string;
};

const ROWS: readonly Row[] = [
  { key: 'video', term: () => stream.video, value: ({ numbers: d }) => formatBitrate(d?.vbps ?? undefined) },
  { key: 'audio', term: () => stream.audio, value: ({ numbers: d }) => formatBitrate(d?.abps ?? undefined) },
  {
    key: 'fps',
    term: () => stream.frameRate,
    value: ({ numbers: d }) => formatFrameRate(d?.fps ?? undefined),
  },
  {
    key: 'gop',
    term: () => stream.keyFrames,
    value: ({ numbers: d }) => formatInterval(d?.gopMs ?? undefined),
  },
  {
    key: 'viewers',
    term: () => stream.viewers,
    value: ({ card, numbers: d }) => {
      const all = formatCount(card?.viewers);
      const measured = d?.measuredViewers ?? 0;
      return measured === 0 ? all : `${all} (${stream.viewersMeasured(measured)})`;
    },
  },
  {
    key: 'latency',
    term: () => stream.latency,
    value: ({ card }) => (card === undefined ? NOTHING : latencyPair(card)),
  },
];

export type StreamHeading = {
  readonly node: HTMLElement;
  readonly show: (facts: StreamFacts) => void;
};

export function streamHeading(options: StreamActionsOptions): StreamHeading {
  const { root, name } = options;
  const pill = element('span', { class: 'pill' });
  const since = element('span', { class: 'hint' });
  const media = element('p', { class: 'stream-media' });
  const verdict = verdictLine();
  const actions = streamActions(options);
  const watch = element(
    'a',
    { class: 'watch-link', href: withLanguage(watchUrl(root, name)), target: '_blank', rel: 'noopener' },
    stream.watch,
  );
  const values = ROWS.map(({ key }) => element('dd', { 'data-fact': key }, NOTHING));
  const node = element(
    'div',
    { class: 'stream-heading' },
    element(
      'a',
      { class: 'back', href: placeUrl(root, { name: undefined }), 'data-place': '' },
      glyph('back'),
      stream.back,
    ),
    element('div', { class: 'stream-title' }, element('h1', {}, name), pill, since, watch, actions.node),
    media,
    verdict.node,
    element(
      'dl',
      { class: 'facts', 'aria-label': stream.facts },
      ...ROWS.map(({ key, term }, at) =>
        element('div', { class: `fact fact-${key}` }, element('dt', {}, term()), values[at] ?? ''),
      ),
    ),
  );
  return {
    node,
    show: (facts) => {
      const { card, nowMs } = facts;
      if (card === undefined) return;
      setText(pill, pillText(card));
      setData(pill, 'state', card.state);
      const forMs = Math.max(0, nowMs - card.since);
      setText(since, card.state === 'offline' ? '' : stream.since(formatDuration(forMs)));
      const isTest = card.testOf !== undefined;
      if (isTest) {
        watch.href = testReportUrl(root, name);
        setText(watch, stream.testReport);
      }
      actions.show({ isPublished: PUBLISHED.has(card.state), isTest });
      setText(media, mediaLine(card));
      verdict.show(card.verdict, sentenceOf(facts));
      for (const [at, { value }] of ROWS.entries()) {
        const cell = values[at];
        if (cell !== undefined) setText(cell, value(facts));
      }
    },
  };
}

/** The sentence of the gateway, or, when findings have changed since, one about the worst of them. */
function sentenceOf(facts: StreamFacts): string {
  if (facts.summarised !== undefined) return summaryText(facts.summarised);
  const { card, issues } = facts;
  const verdict = card?.verdict ?? 'noData';
  const [worst] = issues ?? [];
  const title = (card && topIssueTitle(card)) ?? (worst && issueTitle(worst));
  const others = Math.max(0, (card?.issueCount ?? 0) - 1);
  return (
    briefSummary(verdict, title, others) ??
    `${doctorWords.verdict[verdict]}. ${inEnglish(verdict, title, others)}`
  );
}

function inEnglish(verdict: Verdict, title: string | undefined, others: number): string {
  if (verdict === 'noData') return doctor.waiting;
  if (title === undefined) return doctor.nothing;
  return others === 0 ? `${title}.` : `${title} (${cards.moreIssues(others)}).`;
}

function mediaLine({ media, encoder }: StreamCard): string {
  const parts = [media === undefined ? undefined : readableMedia(media), encoder];
  return parts.filter((part) => part !== undefined).join(' · ');
}
