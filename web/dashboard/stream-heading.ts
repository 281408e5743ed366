// The top of the page of a stream: its name and state, the verdict in one sentence, what can be done, and the numbers of now.

import type { StreamCard, Verdict } from '../../server/stats/operator-message.ts';
import { withLanguage } from '../page/carried-language.ts';
import { element, setData, setText } from '../page/element.ts';
import {
  formatBitrate,
  formatCount,
  formatDuration,
  formatFrameRate,
  formatInterval,
} from '../page/format.ts';
import { watchUrl } from '../page/gateway-urls.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { words } from '../words/stream.ts';
import { NOTHING } from './figures.ts';
import { glyph } from './glyph.ts';
import { latencyPair } from './latency-pair.ts';
import { placeUrl } from './place.ts';
import { readableMedia } from './readable-media.ts';
import { type StreamActionsOptions, streamActions } from './stream-actions.ts';
import type { StreamFacts } from './stream-facts.ts';

const { stream, cards, doctor } = dashboardWords;

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
      return measured === 0 ? all : `${all} (${stream.viewersMeasured(formatCount(measured))})`;
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
  const verdict = verdictSentence();
  const actions = streamActions(options);
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
    element(
      'div',
      { class: 'stream-title' },
      element('h1', {}, name),
      pill,
      since,
      element(
        'a',
        { class: 'watch-link', href: withLanguage(watchUrl(root, name)), target: '_blank', rel: 'noopener' },
        stream.watch,
      ),
      actions.node,
    ),
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
      setText(pill, words.pill[card.state] ?? card.state);
      setData(pill, 'state', card.state);
      const forMs = Math.max(0, nowMs - card.since);
      setText(since, card.state === 'offline' ? '' : stream.since(formatDuration(forMs)));
      actions.setPublished(PUBLISHED.has(card.state));
      setText(media, mediaLine(card));
      verdict.show(facts);
      for (const [at, { value }] of ROWS.entries()) {
        const cell = values[at];
        if (cell !== undefined) setText(cell, value(facts));
      }
    },
  };
}

/** The sentence of the gateway, or, when findings have changed since, one about the worst of them. */
function verdictSentence() {
  const mark = element('span', { class: 'verdict-mark' });
  const word = element('strong');
  const sentence = element('span', { class: 'verdict-text' });
  const node = element(
    'p',
    { class: 'verdict', role: 'status' },
    mark,
    element('span', {}, word, ' ', sentence),
  );
  return {
    node,
    show: (facts: StreamFacts): void => {
      const known: Verdict = facts.card?.verdict ?? 'noData';
      if (node.dataset['verdict'] !== known) mark.replaceChildren(glyph(known));
      setData(node, 'verdict', known);
      // The gateway's sentence begins with the verdict.
      setText(word, facts.summary === undefined ? `${dashboardWords.verdict[known]}.` : '');
      setText(sentence, facts.summary ?? fallback(facts));
    },
  };
}

function mediaLine({ media, encoder }: StreamCard): string {
  const parts = [media === undefined ? undefined : readableMedia(media), encoder];
  return parts.filter((part) => part !== undefined).join(' · ');
}

function fallback({ card, issues }: StreamFacts): string {
  if (card?.verdict === 'noData') return doctor.waiting;
  const title = card?.topIssue ?? issues?.[0]?.title;
  if (title === undefined) return doctor.nothing;
  const others = Math.max(0, (card?.issueCount ?? 0) - 1);
  return others === 0 ? `${title}.` : `${title} (${cards.moreIssues(others)}).`;
}
