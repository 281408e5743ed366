// The checklist of a test: each check with its result as an icon, a word, and what was measured.
import { issueText } from '../doctor/issue-text.ts';
import { element, setData, setText } from '../page/element.ts';
import { type GlyphName, glyph } from '../page/glyph.ts';
import { doctorWords } from '../words/doctor.ts';
import { CHECKS, type Check, type CheckName } from './checks.ts';

const { report: text, severity } = doctorWords;

const GLYPHS: Readonly<Record<Check['result'], GlyphName>> = {
  error: 'bad',
  warning: 'ok',
  info: 'info',
  fine: 'good',
  past: 'info',
  unknown: 'noData',
};

export type CheckList = {
  readonly node: HTMLElement;
  readonly show: (checks: readonly Check[]) => void;
};

export function checkList(): CheckList {
  const rows = new Map((Object.keys(CHECKS) as CheckName[]).map((name) => [name, checkRow(name)]));
  return {
    node: element(
      'section',
      { class: 'panel', 'aria-labelledby': 'checks-heading' },
      element('div', { class: 'panel-top' }, element('h2', { id: 'checks-heading' }, text.checklist)),
      element('ul', { class: 'checks' }, ...[...rows.values()].map(({ node }) => node)),
    ),
    show: (checks) => {
      for (const check of checks) rows.get(check.name)?.show(check);
    },
  };
}

function checkRow(name: CheckName) {
  const mark = element('span', { class: 'check-mark' });
  const result = element('span', { class: 'check-result' });
  const node = element(
    'li',
    { class: 'check', 'data-check': name },
    mark,
    element('span', { class: 'check-name' }, text.checks[name]),
    result,
  );
  return {
    node,
    show: (check: Check): void => {
      setText(result, resultText(check));
      if (node.dataset['result'] === check.result) return;
      setData(node, 'result', check.result);
      mark.replaceChildren(glyph(GLYPHS[check.result]));
    },
  };
}

function resultText({ result, issue }: Check): string {
  if (result === 'fine') return text.fine;
  if (result === 'unknown') return text.unknown;
  const { title = '', observed = '' } = issue === undefined ? {} : issueText(issue);
  return result === 'past' ? text.isOver(title) : `${severity[result]}: ${title} (${observed})`;
}
