// The cards of all streams. A second's message changes only texts that differ; cards move only when their order does.

import type { StreamCard, StreamsMessage } from '../../server/stats/operator-message.ts';
import { withLanguage } from '../page/carried-language.ts';
import { element, setText } from '../page/element.ts';
import { glyph } from '../page/glyph.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { type CardFilter, type CardGroup, countGroups, inOrder, isShown } from './card-order.ts';
import { placeItems } from './place-items.ts';
import { type CardView, streamCard } from './stream-card.ts';

const { cards: text } = dashboardWords;
const GROUPS: readonly CardGroup[] = ['all', 'problems', 'live'];

export type CardGrid = {
  readonly node: HTMLElement;
  readonly show: (message: StreamsMessage) => void;
};

/** `hrefOf` gives the page of a stream; `setUpUrl` is the page that says how to publish. */
export function cardGrid(hrefOf: (name: string) => string, setUpUrl: string): CardGrid {
  const list = element('ul', { class: 'cards' });
  const views = new Map<string, CardView>();
  const note = emptyNote(setUpUrl, () => filter.clear());
  let latest: readonly StreamCard[] | undefined;

  const arrange = (): void => {
    if (latest === undefined) return;
    const ordered = inOrder(latest);
    const shown = ordered.filter((card) => isShown(card, filter.value()));
    filter.count(latest, shown.length);
    note.show(latest.length, shown.length);
    placeItems(
      list,
      shown.flatMap(({ name }) => views.get(name)?.node ?? []),
    );
  };

  const filter = filterBar(arrange);
  return {
    node: element(
      'section',
      { class: 'streams', 'aria-labelledby': 'streams-heading' },
      filter.node,
      note.node,
      list,
    ),
    show: ({ streams, bps }) => {
      latest = streams;
      const names = new Set(streams.map(({ name }) => name));
      for (const name of views.keys()) if (!names.has(name)) views.delete(name);
      for (const card of streams) {
        const view = views.get(card.name) ?? streamCard(card.name, hrefOf(card.name));
        views.set(card.name, view);
        // Once for each message: a card adds the bit rate to its line.
        view.show(card);
      }
      arrange();
      for (const [at, name] of bps?.keys.entries() ?? []) views.get(name)?.load(bps?.columns[at] ?? []);
    },
  };
}

type FilterBar = {
  readonly node: HTMLElement;
  readonly value: () => CardFilter;
  readonly count: (cards: readonly StreamCard[], shown: number) => void;
  readonly clear: () => void;
};

function filterBar(onChange: () => void): FilterBar {
  const input = element('input', {
    type: 'search',
    id: 'filter',
    class: 'filter-input',
    placeholder: text.filterHint,
    autocomplete: 'off',
    spellcheck: 'false',
  });
  const said = element('p', { class: 'hint', role: 'status' });
  const radios = GROUPS.map((group) => groupChoice(group, onChange));
  input.addEventListener('input', onChange);
  const node = element(
    'div',
    { class: 'streams-top' },
    element('h1', { id: 'streams-heading' }, text.heading),
    element(
      'fieldset',
      { class: 'groups' },
      element('legend', { class: 'visually-hidden' }, text.groupsLabel),
      ...radios.map(({ node: choice }) => choice),
    ),
    element(
      'div',
      { class: 'filter' },
      element('label', { for: 'filter', class: 'visually-hidden' }, text.filter),
      glyph('search'),
      input,
    ),
    said,
  );
  const group = (): CardGroup => radios.find(({ input: radio }) => radio.checked)?.group ?? 'all';
  return {
    node,
    value: () => ({ text: input.value, group: group() }),
    count: (cards, shown) => {
      const counts = countGroups(cards);
      for (const radio of radios) radio.count(counts[radio.group]);
      setText(said, text.shown(shown, cards.length));
    },
    clear: () => {
      input.value = '';
      for (const { input: radio, group: choice } of radios) radio.checked = choice === 'all';
      onChange();
      input.focus();
    },
  };
}

function groupChoice(group: CardGroup, onChange: () => void) {
  const input = element('input', { type: 'radio', name: 'group', value: group, id: `group-${group}` });
  input.checked = group === 'all';
  input.addEventListener('change', onChange);
  const label = element('label', { for: `group-${group}` }, text.groups[group]);
  return {
    group,
    input,
    node: element('span', { class: 'choice' }, input, label),
    count: (count: number) => setText(label, text.group(text.groups[group], count)),
  };
}

/** What stands in place of the cards while there are none. */
function emptyNote(setUpUrl: string, onClear: () => void) {
  const title = element('p', { class: 'empty-title' }, text.waiting);
  const detail = element('p', { class: 'hint' });
  const setUp = element('a', { class: 'button', href: withLanguage(setUpUrl) }, dashboardWords.setUp);
  const clear = element('button', { type: 'button', class: 'button' }, text.clearFilter);
  clear.addEventListener('click', onClear);
  setUp.hidden = true;
  clear.hidden = true;
  const node = element('div', { class: 'empty panel' }, title, detail, setUp, clear);
  return {
    node,
    show: (all: number, shown: number): void => {
      node.hidden = shown > 0;
      setText(title, all === 0 ? text.none : text.noneFound);
      setText(detail, all === 0 ? text.noneDetail : '');
      setUp.hidden = all > 0;
      clear.hidden = all === 0;
    },
  };
}
