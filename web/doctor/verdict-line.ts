// The verdict about a stream in one sentence. The sentence has what was measured in this second, so only a change of the verdict itself is
// announced to screen readers.
import type { Verdict } from '../../server/stats/operator-message.ts';
import { element, setData, setText } from '../page/element.ts';
import { glyph } from '../page/glyph.ts';
import { doctorWords } from '../words/doctor.ts';

export type VerdictLine = {
  readonly node: HTMLElement;
  readonly show: (verdict: Verdict, sentence: string) => void;
};

export function verdictLine(): VerdictLine {
  const mark = element('span', { class: 'verdict-mark' });
  const sentence = element('span', { class: 'verdict-text' });
  const announced = element('span', { class: 'visually-hidden', role: 'status' });
  const node = element('div', { class: 'verdict' }, mark, sentence, announced);
  return {
    node,
    show: (verdict, text) => {
      const known: Verdict = Object.hasOwn(doctorWords.verdict, verdict) ? verdict : 'noData';
      if (node.dataset['verdict'] !== known) mark.replaceChildren(glyph(known));
      setData(node, 'verdict', known);
      setText(sentence, text);
      setText(announced, doctorWords.verdict[known]);
    },
  };
}
