// The doctor's findings: what was measured, what it should be, and what to do in the encoder.
import type { Issue } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatDuration } from '../page/format.ts';
import { glyph } from '../page/glyph.ts';
import { doctorWords } from '../words/doctor.ts';
import { issueText } from './issue-text.ts';
import { severityBadge } from './verdict-badge.ts';

const { list: doctor } = doctorWords;

export type DoctorList = {
  readonly node: HTMLElement;
  /** `nowMs` is the gateway's time; undefined issues: nothing is known yet. */
  readonly show: (issues: readonly Issue[] | undefined, nowMs: number) => void;
};

type IssueView = { readonly node: HTMLElement; readonly show: (issue: Issue, nowMs: number) => void };

/** Rows stay while their finding does, so that the focus and a selection stay too. */
export function doctorList(heading = doctor.heading): DoctorList {
  const list = element('ul', { class: 'issues' });
  const note = element('p', { class: 'doctor-note' });
  const count = element('span', { class: 'count' });
  const views = new Map<string, IssueView>();
  return {
    node: element(
      'section',
      { class: 'panel doctor', 'aria-labelledby': 'doctor-heading' },
      element('div', { class: 'panel-top' }, element('h2', { id: 'doctor-heading' }, heading), count),
      note,
      list,
    ),
    show: (issues, nowMs) => {
      note.hidden = (issues?.length ?? 0) > 0;
      const sentence = issues === undefined ? doctor.waiting : doctor.nothing;
      if (note.textContent !== sentence) {
        note.replaceChildren(...(issues === undefined ? [] : [glyph('good')]), sentence);
        note.dataset['verdict'] = issues === undefined ? 'noData' : 'good';
      }
      setText(count, issues === undefined || issues.length === 0 ? '' : String(issues.length));
      const codes = new Set(issues?.map(({ code }) => code));
      for (const [code, { node }] of views) {
        if (codes.has(code)) continue;
        node.remove();
        views.delete(code);
      }
      for (const [at, issue] of (issues ?? []).entries()) {
        const view = views.get(issue.code) ?? issueView(issue);
        views.set(issue.code, view);
        view.show(issue, nowMs);
        if (list.children[at] !== view.node) list.insertBefore(view.node, list.children[at] ?? null);
      }
    },
  };
}

/** The severity, what was measured and what to do may change while the finding stays. */
function issueView(first: Issue): IssueView {
  const { code } = first;
  let badge = severityBadge(first.severity);
  const observed = element('dd', { class: 'number' });
  const expected = element('dd', { class: 'number' });
  const since = element('span', { class: 'issue-since' });
  const fixes = (['obs', 'ffmpeg', 'generic'] as const).map(fixView);
  const node = element(
    'li',
    { class: 'issue', 'data-severity': first.severity, 'data-code': code },
    element(
      'div',
      { class: 'issue-top' },
      badge,
      element('h3', {}, issueText(first).title),
      since,
      element('code', { class: 'code', title: doctor.code(code) }, code),
    ),
    element(
      'dl',
      { class: 'issue-values' },
      element('div', {}, element('dt', {}, doctor.observed), observed),
      element('div', {}, element('dt', {}, doctor.expected), expected),
    ),
    element('dl', { class: 'issue-fixes', 'aria-label': doctor.fix }, ...fixes.map(({ row }) => row)),
  );
  return {
    node,
    show: (issue, nowMs) => {
      const text = issueText(issue);
      if (node.dataset['severity'] !== issue.severity) {
        setData(node, 'severity', issue.severity);
        const next = severityBadge(issue.severity);
        badge.replaceWith(next);
        badge = next;
      }
      for (const fix of fixes) fix.show(text.fix);
      setText(observed, text.observed);
      setText(expected, text.expected);
      setText(since, formatDuration(Math.max(0, nowMs - issue.since)));
    },
  };
}

/** What to do in one kind of encoder; hidden if nothing can be done there. */
function fixView(kind: keyof Issue['fix']) {
  const value = element('dd');
  const row = element('div', {}, element('dt', {}, doctor.fixFor[kind]), value);
  return {
    row,
    show: (fix: Issue['fix']): void => {
      const text = fix[kind];
      row.hidden = text === undefined;
      if (text === undefined || value.textContent === text) return;
      value.replaceChildren(kind === 'ffmpeg' ? element('code', {}, ...wordsOf(text)) : text);
    },
  };
}

/** Each word in an element of its own, with the spaces between them. */
function wordsOf(text: string): readonly (Node | string)[] {
  return text.split(/( +)/).map((word) => (word.trim() === '' ? word : element('span', {}, word)));
}
