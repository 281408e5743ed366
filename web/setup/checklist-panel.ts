// The checklist of the chosen name, with its refused encoders above, and a preview below once it is live.
import { element, setData, setText } from '../page/element.ts';
import { refusalReason } from '../page/refusal-reason.ts';
import { setupWords } from '../words/setup.ts';
import type { Step } from './checklist.ts';

const { checklist: text } = setupWords;

export type ChecklistPanel = {
  readonly node: HTMLElement;
  readonly show: (steps: readonly Step[], playingNote: string) => void;
};

/** `alerts` stand above the steps, `preview` below. */
export function checklistPanel(
  alerts: HTMLElement,
  preview: HTMLElement,
  issues: HTMLElement,
): ChecklistPanel {
  const list = element('ol', { class: 'steps' });
  // Screen readers hear the step that changed, not the list.
  const said = element('p', { class: 'visually-hidden', role: 'status' });
  const rows = new Map<string, { node: HTMLElement; mark: HTMLElement; detail: HTMLElement }>();
  for (const [id, title] of Object.entries(text.steps)) {
    const mark = element('span', { class: 'visually-hidden' });
    const detail = element('span', { class: 'step-detail' });
    const node = element(
      'li',
      { class: 'step', 'data-step': id, 'data-state': 'waiting' },
      element('span', { class: 'step-mark', 'aria-hidden': 'true' }),
      element('span', { class: 'step-text' }, element('span', { class: 'step-title' }, title), mark, detail),
    );
    rows.set(id, { node, mark, detail });
    list.append(node);
  }
  const node = element(
    'section',
    { class: 'panel checklist' },
    element('h2', {}, text.heading),
    alerts,
    list,
    said,
    preview,
    issues,
  );
  return {
    node,
    show: (steps, playingNote) => {
      for (const step of steps) {
        const row = rows.get(step.id);
        if (row === undefined) continue;
        setData(row.node, 'state', step.state);
        setText(row.mark, `: ${text.marks[step.state]}`);
        const note = step.id === 'playing' && step.state === 'done' ? playingNote : detailOf(step);
        setText(row.detail, note);
        row.detail.hidden = note === '';
      }
      const news = steps.find(({ state }) => state === 'fault' || state === 'active') ?? steps.at(-1);
      if (news !== undefined)
        setText(said, `${text.steps[news.id]}: ${text.marks[news.state]}. ${detailOf(news)}`);
    },
  };
}

function detailOf({ detail }: Step): string {
  if (detail === undefined) return '';
  return detail.kind === 'refused'
    ? text.refusedMedia(refusalReason(detail.reason))
    : text.details[detail.kind];
}
