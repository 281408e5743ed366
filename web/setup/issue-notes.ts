// What the doctor found in the chosen stream, with what to do in the encoder. Operators only get it.
import type { Issue } from '../../server/stats/operator-message.ts';
import { issueText } from '../doctor/issue-text.ts';
import { element, setData, setText } from '../page/element.ts';
import { setupWords } from '../words/setup.ts';
import { fixFor } from './issue-fix.ts';

const { issues: text } = setupWords;

/** The rest is on the dashboard. */
const MAX_SHOWN = 4;

export type IssueNotes = {
  readonly node: HTMLElement;
  readonly show: (issues: readonly Issue[], encoder: string | undefined) => void;
};

export function issueNotes(): IssueNotes {
  const list = element('ul', { class: 'issues' });
  const node = element('div', { class: 'issue-notes' }, element('h3', {}, text.heading), list);
  node.hidden = true;
  const notes = new Map<string, IssueNote>();
  return {
    node,
    show: (issues, encoder) => {
      const shown = issues.slice(0, MAX_SHOWN);
      node.hidden = shown.length === 0;
      // What was measured changes every second: the items stay, so that a text in them can be selected.
      for (const [code, note] of notes) {
        if (shown.some((issue) => issue.code === code)) continue;
        note.node.remove();
        notes.delete(code);
      }
      for (const [at, issue] of shown.entries()) {
        const note = notes.get(issue.code) ?? issueNote();
        notes.set(issue.code, note);
        note.show(issue, encoder);
        if (list.children[at] !== note.node) list.insertBefore(note.node, list.children[at] ?? null);
      }
    },
  };
}

type IssueNote = {
  readonly node: HTMLElement;
  readonly show: (issue: Issue, encoder: string | undefined) => void;
};

function issueNote(): IssueNote {
  const name = element('span', { class: 'issue-title' });
  const remedy = element('span', { class: 'issue-fix' });
  const values = element('span', { class: 'hint' });
  const node = element('li', { class: 'issue' }, name, remedy, values);
  return {
    node,
    show: (issue, encoder) => {
      const { title, observed, expected, fix } = issueText(issue);
      setData(node, 'severity', issue.severity);
      setText(name, title);
      setText(remedy, fixFor({ fix }, encoder));
      setText(values, text.observed(observed, expected));
    },
  };
}
