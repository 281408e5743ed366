// Findings of a test that are over: what was measured, and what would have corrected it.
import type { Issue } from '../../server/stats/operator-message.ts';
import { issueText } from '../doctor/issue-text.ts';
import { severityBadge } from '../doctor/verdict-badge.ts';
import { element } from '../page/element.ts';
import { doctorWords } from '../words/doctor.ts';

const { report: text } = doctorWords;

export type PastIssues = {
  readonly node: HTMLElement;
  readonly show: (issues: readonly Issue[]) => void;
};

export function pastIssues(): PastIssues {
  const list = element('ul', { class: 'past' });
  const node = element(
    'section',
    { class: 'panel', 'aria-labelledby': 'past-heading' },
    element('div', { class: 'panel-top' }, element('h2', { id: 'past-heading' }, text.past)),
    list,
  );
  node.hidden = true;
  let shown = '';
  return {
    node,
    show: (issues) => {
      const news = JSON.stringify(issues);
      if (news === shown) return;
      shown = news;
      node.hidden = issues.length === 0;
      list.replaceChildren(...issues.map(itemOf));
    },
  };
}

function itemOf(issue: Issue): HTMLElement {
  const { title, observed, fix } = issueText(issue);
  return element(
    'li',
    {},
    severityBadge(issue.severity),
    element('span', { class: 'past-title' }, `${title} (${observed})`),
    element('span', { class: 'hint' }, fix.generic),
  );
}
