// The doctor's findings: what was measured, what it should be, and what to do in the encoder.
import type { Issue } from '../../server/stats/operator-message.ts';
import { element, setText } from '../page/element.ts';
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

function issueView(first: Issue): IssueView {
  const { code, severity } = first;
  const { title, fix } = issueText(first);
  const observed = element('dd', { class: 'number' });
  const expected = element('dd', { class: 'number' });
  const since = element('span', { class: 'issue-since' });
  const fixes = (['obs', 'ffmpeg', 'generic'] as const).flatMap((kind) => {
    const text = fix[kind];
    if (text === undefined) return [];
    const content = kind === 'ffmpeg' ? element('code', {}, ...wordsOf(text)) : text;
    return [element('div', {}, element('dt', {}, doctor.fixFor[kind]), element('dd', {}, content))];
  });
  const node = element(
    'li',
    { class: 'issue', 'data-severity': severity, 'data-code': code },
    element(
      'div',
      { class: 'issue-top' },
      severityBadge(severity),
      element('h3', {}, title),
      since,
      element('code', { class: 'code', title: doctor.code(code) }, code),
    ),
    element(
      'dl',
      { class: 'issue-values' },
      element('div', {}, element('dt', {}, doctor.observed), observed),
      element('div', {}, element('dt', {}, doctor.expected), expected),
    ),
    element('dl', { class: 'issue-fixes', 'aria-label': doctor.fix }, ...fixes),
  );
  return {
    node,
    show: (issue, nowMs) => {
      const text = issueText(issue);
      setText(observed, text.observed);
      setText(expected, text.expected);
      setText(since, formatDuration(Math.max(0, nowMs - issue.since)));
    },
  };
}

/** Each word in an element of its own, with the spaces between them. */
function wordsOf(text: string): readonly (Node | string)[] {
  return text.split(/( +)/).map((word) => (word.trim() === '' ? word : element('span', {}, word)));
}
