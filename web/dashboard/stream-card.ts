// The card of one stream: state, verdict, top issue, bitrate, viewers, latency and codecs.
import type { StreamCard } from '../../server/stats/operator-message.ts';
import { topIssueTitle } from '../doctor/issue-text.ts';
import { verdictBadge } from '../doctor/verdict-badge.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatBitrate, formatCount } from '../page/format.ts';
import { readableMedia } from '../page/readable-media.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { doctorWords } from '../words/doctor.ts';
import { words } from '../words/stream.ts';
import { latencyPair } from './latency-pair.ts';
import { type Sparkline, sparkline } from './sparkline.ts';

const { cards } = dashboardWords;

export type CardView = {
  readonly node: HTMLElement;
  readonly show: (card: StreamCard) => void;
  /** The bit rates of the last minute. */
  readonly load: (bps: readonly (number | null)[]) => void;
};

/** `href` is the page of the stream. */
export function streamCard(name: string, href: string): CardView {
  const pill = element('span', { class: 'pill' });
  const badge = verdictBadge();
  const more = element('span', { class: 'card-more' });
  const bitrate = element('span', { class: 'card-bitrate' });
  const line: Sparkline = sparkline();
  const viewers = element('dd');
  const latency = element('dd');
  const media = element('p', { class: 'card-media' });
  const node = element(
    'li',
    { class: 'card', 'data-name': name },
    element(
      'div',
      { class: 'card-top' },
      element('a', { class: 'card-name', href, 'data-place': name }, name),
      pill,
    ),
    element('p', { class: 'card-issue' }, badge.node, more),
    element('div', { class: 'card-flow' }, line.node, bitrate),
    element(
      'dl',
      { class: 'card-facts' },
      element('div', {}, element('dt', {}, cards.viewers), viewers),
      element('div', { title: cards.latencyHint }, element('dt', {}, cards.latency), latency),
    ),
    media,
  );
  return {
    node,
    load: line.load,
    show: (card) => {
      setData(node, 'verdict', card.verdict);
      setData(pill, 'state', card.state);
      setText(pill, pillText(card));
      badge.show(card.verdict, topIssueTitle(card));
      setText(more, card.issueCount > 1 ? cards.moreIssues(card.issueCount - 1) : '');
      setText(bitrate, formatBitrate(card.bps));
      line.push(card.bps);
      setText(viewers, formatCount(card.viewers));
      setText(latency, latencyPair(card));
      setData(latency, 'unknown', card.latencyP50Ms === undefined ? 'true' : undefined);
      setText(media, card.media === undefined ? cards.noMedia : readableMedia(card.media));
    },
  };
}

/** A test is never live, so that its state says less than what it is. */
export function pillText({ state, testOf }: Pick<StreamCard, 'state' | 'testOf'>): string {
  return testOf === undefined ? (words.pill[state] ?? state) : doctorWords.report.heading(testOf);
}
