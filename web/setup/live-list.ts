// The live streams, with links to watch them.
import { withLanguage } from '../page/carried-language.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatDuration } from '../page/format.ts';
import type { StreamEntry } from '../page/gateway-info.ts';
import { watchUrl } from '../page/gateway-urls.ts';
import { setupWords } from '../words/setup.ts';
import { words } from '../words/stream.ts';

export type LiveList = {
  readonly node: HTMLElement;
  /** Shows the streams, or that the request failed. */
  readonly show: (streams: readonly StreamEntry[] | 'failed') => void;
};

/** The list. It rebuilds its items only when the set of streams changes, so that the focus stays where it is. */
export function liveList(root: string): LiveList {
  const list = element('ul', { class: 'live-list' });
  const note = element('p', { class: 'hint', role: 'status' }, setupWords.noneLive);
  const items = new Map<
    string,
    { readonly node: HTMLElement; readonly show: (entry: StreamEntry) => void }
  >();

  const node = element(
    'section',
    { class: 'panel live-now' },
    element('h2', {}, setupWords.liveNow),
    note,
    list,
  );
  // Viewers find the live streams first. Without any, the list comes last, and stays there when one begins: what a publisher reads
  // at that moment must not jump.
  setData(node, 'last', '');
  let isPlaced = false;
  const show = (streams: readonly StreamEntry[] | 'failed'): void => {
    if (streams === 'failed') {
      setText(note, setupWords.listFailed);
      note.hidden = false;
      return;
    }
    setText(note, setupWords.noneLive);
    note.hidden = streams.length > 0;
    if (!isPlaced && streams.length > 0) setData(node, 'last', undefined);
    isPlaced = true;
    const names = new Set(streams.map((stream) => stream.name));
    for (const [name, item] of items) {
      if (names.has(name)) continue;
      item.node.remove();
      items.delete(name);
    }
    for (const [at, entry] of streams.entries()) {
      const item = items.get(entry.name) ?? liveItem(root, entry.name);
      items.set(entry.name, item);
      item.show(entry);
      if (list.children[at] !== item.node) list.insertBefore(item.node, list.children[at] ?? null);
    }
  };
  return { node, show };
}

function liveItem(root: string, name: string): { node: HTMLElement; show: (entry: StreamEntry) => void } {
  const pill = element('span', { class: 'pill' });
  const facts = element('span', { class: 'live-facts' });
  const link = element('a', { href: withLanguage(watchUrl(root, name)), class: 'live-name' }, name);
  return {
    node: element('li', { 'data-name': name }, link, pill, facts),
    show: (entry) => {
      pill.dataset['state'] = entry.state;
      setText(pill, pillWord(entry.state));
      const viewers = words.viewers(entry.viewers);
      const ageMs = entry.sinceMs === undefined ? undefined : Math.max(0, Date.now() - entry.sinceMs);
      setText(
        facts,
        ageMs === undefined ? viewers : `${viewers} · ${setupWords.sinceStart(formatDuration(ageMs))}`,
      );
    },
  };
}

function pillWord(state: string): string {
  return Object.entries(words.pill).find(([key]) => key === state)?.[1] ?? state;
}
