// Tabs (WAI-ARIA Authoring Practices, tabs pattern): the arrow keys, Home and End move to a tab and show its panel. One tab stop.
import { element } from './element.ts';
import { tabForKey } from './tab-for-key.ts';

export type Tab = { readonly id: string; readonly label: string; readonly content: readonly HTMLElement[] };

export type Tabs = { readonly node: HTMLElement; readonly select: (id: string) => void };

/** The tabs with their panels; the first is shown. `label` names the group. `onSelect` is called at every choice. */
export function tabs(label: string, given: readonly Tab[], onSelect?: (id: string) => void): Tabs {
  const list = element('div', { class: 'tab-list', role: 'tablist', 'aria-label': label });
  const shown = given.map(({ id, label: text, content }) => {
    const button = element(
      'button',
      { type: 'button', class: 'tab', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
      text,
    );
    const panel = element(
      'div',
      {
        class: 'tab-panel',
        role: 'tabpanel',
        id: `panel-${id}`,
        'aria-labelledby': `tab-${id}`,
        tabindex: '0',
      },
      ...content,
    );
    list.append(button);
    return { button, panel };
  });
  const select = (index: number): void => {
    for (const [at, { button, panel }] of shown.entries()) {
      button.setAttribute('aria-selected', String(at === index));
      button.tabIndex = at === index ? 0 : -1;
      panel.hidden = at !== index;
    }
    onSelect?.(given[index]?.id ?? '');
  };
  for (const [at, { button }] of shown.entries()) button.addEventListener('click', () => select(at));
  list.addEventListener('keydown', (event) => {
    const at = shown.findIndex(({ button }) => button === event.target);
    const next = at < 0 ? undefined : tabForKey(event.key, at, shown.length, isRightToLeft(list));
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    shown[next]?.button.focus();
  });
  select(0);
  return {
    node: element('div', { class: 'tabbed' }, list, ...shown.map(({ panel }) => panel)),
    select: (id) => select(given.findIndex((tab) => tab.id === id)),
  };
}

function isRightToLeft(node: HTMLElement): boolean {
  return getComputedStyle(node).direction === 'rtl';
}
