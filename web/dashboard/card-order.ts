// The order of cards, and which of them a filter shows.
import type { StreamCard, Verdict } from '../../server/stats/operator-message.ts';
import { topIssueTitle } from '../doctor/issue-text.ts';

/** What the filter shows: all, those with problems, or those that are live. */
export type CardGroup = 'all' | 'problems' | 'live';
export type CardFilter = { readonly text: string; readonly group: CardGroup };

const RANK: Readonly<Record<Verdict, number>> = { bad: 0, ok: 1, noData: 2, good: 2 };
/** A stream in these states has nothing to repair. */
const GONE = new Set(['offline', 'ended']);
const names = new Intl.Collator('en', { numeric: true });

/** Problems first, then by name; streams that have ended are last. */
export function inOrder(cards: readonly StreamCard[]): readonly StreamCard[] {
  return [...cards].sort((a, b) => rankOf(a) - rankOf(b) || names.compare(a.name, b.name));
}

/** Whether the filter shows the card. The text may be in the name, the codecs, the encoder or the top issue, in English or in the language of the page. */
export function isShown(card: StreamCard, { text, group }: CardFilter): boolean {
  if (group === 'problems' && !hasProblem(card)) return false;
  if (group === 'live' && card.state !== 'live') return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const { name, media = '', encoder = '', topIssue = '' } = card;
  return [name, media, encoder, topIssue, topIssueTitle(card) ?? ''].some((value) =>
    value.toLowerCase().includes(wanted),
  );
}

/** How many cards each group has. */
export function countGroups(cards: readonly StreamCard[]): Readonly<Record<CardGroup, number>> {
  const count = (group: CardGroup) => cards.filter((card) => isShown(card, { text: '', group })).length;
  return { all: cards.length, problems: count('problems'), live: count('live') };
}

function hasProblem({ verdict, state }: StreamCard): boolean {
  return (verdict === 'bad' || verdict === 'ok') && !GONE.has(state);
}

function rankOf(card: StreamCard): number {
  if (GONE.has(card.state)) return 9;
  return RANK[card.verdict] ?? 2;
}
