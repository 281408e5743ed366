// Tabs (WAI-ARIA APG, tabs pattern): arrows move between them and open their panel at once.
import { element } from '../page/element.ts';

export type Tab = { readonly id: string; readonly label: string; readonly panel: HTMLElement };

export function tabs(
  all: readonly Tab[],
  onSelect: (id: string) => void,
): { readonly node: HTMLElement; readonly select: (id: string) => void } {
  const list = element('div', { class: 'tabs', role: 'tablist' });
  const buttons = all.map(({ id, label, panel }) => {
    const button = element(
      'button',
      { type: 'button', role: 'tab', id: `${id}-tab`, 'aria-controls': id },
      label,
    );
    panel.id = id;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `${id}-tab`);
    button.addEventListener('click', () => select(id));
    list.append(button);
    return button;
  });
  const select = (id: string): void => {
    for (const [at, tab] of all.entries()) {
      const isSelected = tab.id === id;
      tab.panel.hidden = !isSelected;
      buttons[at]?.setAttribute('aria-selected', String(isSelected));
      buttons[at]?.setAttribute('tabindex', isSelected ? '0' : '-1');
    }
    onSelect(id);
  };
  list.addEventListener('keydown', (event) => {
    const at = buttons.findIndex((button) => button.matches(':focus'));
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined || at < 0) return;
    const isRtl = getComputedStyle(list).direction === 'rtl';
    const next = buttons.at((at + (isRtl ? -step : step)) % buttons.length);
    event.preventDefault();
    next?.focus();
    next?.click();
  });
  const node = element('div', { class: 'tabbed' }, list, ...all.map(({ panel }) => panel));
  return { node, select };
}
