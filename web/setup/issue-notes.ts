// What the doctor found in the chosen stream, with what to do in the encoder. Operators only get it.
import type { Issue } from '../../server/stats/operator-message.ts';
import { issueText } from '../doctor/issue-text.ts';
import { element } from '../page/element.ts';
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
  let shown = '';
  return {
    node,
    show: (issues, encoder) => {
      const news = JSON.stringify([issues.slice(0, MAX_SHOWN), encoder]);
      if (news === shown) return;
      shown = news;
      node.hidden = issues.length === 0;
      list.replaceChildren(...issues.slice(0, MAX_SHOWN).map((issue) => noteOf(issue, encoder)));
    },
  };
}

function noteOf(issue: Issue, encoder: string | undefined): HTMLElement {
  const { title, observed, expected, fix } = issueText(issue);
  return element(
    'li',
    { class: 'issue', 'data-severity': issue.severity },
    element('span', { class: 'issue-title' }, title),
    element('span', { class: 'issue-fix' }, fixFor({ fix }, encoder)),
    element('span', { class: 'hint' }, text.observed(observed, expected)),
  );
}
