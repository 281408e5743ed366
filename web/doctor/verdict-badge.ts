// A verdict or a severity as an icon and a word.
import type { IssueSeverity, Verdict } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { type GlyphName, glyph } from '../page/glyph.ts';
import { doctorWords } from '../words/doctor.ts';

const SEVERITY_VERDICTS: Readonly<Record<IssueSeverity, GlyphName>> = {
  error: 'bad',
  warning: 'ok',
  info: 'info',
};

export type VerdictBadge = {
  readonly node: HTMLElement;
  /** `text` stands in place of the word, as the title of the worst issue does on a card. */
  readonly show: (verdict: Verdict, text?: string) => void;
};

/** Changes only when the verdict does. */
export function verdictBadge(): VerdictBadge {
  const word = element('span', { class: 'badge-word' });
  const node = element('span', { class: 'badge' });
  return {
    node,
    show: (verdict, text) => {
      const known = Object.hasOwn(doctorWords.verdict, verdict) ? verdict : 'noData';
      setText(word, text ?? doctorWords.verdict[known]);
      if (node.dataset['verdict'] === known) return;
      setData(node, 'verdict', known);
      node.replaceChildren(glyph(known), word);
    },
  };
}

/** The severity of one finding. */
export function severityBadge(severity: IssueSeverity): HTMLElement {
  const known: IssueSeverity = Object.hasOwn(SEVERITY_VERDICTS, severity) ? severity : 'info';
  return element(
    'span',
    { class: 'badge', 'data-verdict': SEVERITY_VERDICTS[known] },
    glyph(SEVERITY_VERDICTS[known]),
    element('span', { class: 'badge-word' }, doctorWords.severity[known]),
  );
}
