// Captions, which the gateway makes subtitles of: a button that is there only when they are, with a menu where there are
// several. What was chosen stays chosen when the player begins anew.

import { element, setData } from '../page/element.ts';
import { words } from '../page/words.ts';
import type { Player } from '../player/player.ts';
import { controlButton } from './control-button.ts';

export type CaptionsControl = {
  readonly node: HTMLElement;
  /** To be called whenever the player changes. */
  readonly show: () => void;
  /** Off, or on again as they were. */
  readonly toggle: () => void;
};

/** Whatever comes first: chosen before there was a name to choose by. */
const FIRST = '';

/** The button and its menu; hidden until the video has a captions or subtitles track, or the stream is said to. */
export function captionsControl(video: HTMLVideoElement, player: Player): CaptionsControl {
  /** Label of the track to show; undefined for none. */
  let chosen: string | undefined;
  let lastShown = FIRST;
  /** Names in the menu. */
  let listed: readonly string[] = [];

  /** In menu order: what is there, and what comes with another load of the source. */
  const names = (): readonly string[] => [
    ...new Set([...captionTracks(video).map(({ label }) => label), ...player.captions]),
  ];
  const choose = (label: string | undefined): void => {
    chosen = label;
    if (label !== undefined) lastShown = label;
    close();
    const tracks = captionTracks(video);
    apply(tracks, chosen);
    // The playlist that was loaded did not list it yet.
    const isListed = tracks.some((track) => track.label === label);
    const isToCome = label !== undefined && !isListed && player.captions.includes(label);
    if (isToCome || (label !== undefined && tracks.length === 0)) player.reload();
    list();
  };
  const toggle = (): void => {
    if (!node.hidden) choose(chosen === undefined ? lastShown : undefined);
  };
  const button = controlButton('control-captions', () => {
    if (names().length < 2) toggle();
    else if (menu.hidden) open();
    else close();
  });
  const menu = element('div', { class: 'captions-menu', role: 'menu', 'aria-label': words.player.captions });
  menu.hidden = true;
  const node = element('span', { class: 'captions-control' }, menu, button.node);
  const open = (): void => {
    menu.hidden = false;
    button.node.setAttribute('aria-expanded', 'true');
    focusChecked();
  };
  const close = (): void => {
    if (menu.contains(document.activeElement)) button.node.focus();
    menu.hidden = true;
    if (button.node.hasAttribute('aria-expanded')) button.node.setAttribute('aria-expanded', 'false');
  };
  const focusChecked = (): void => menu.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
  bindMenu(node, menu, close);

  const show = (): void => {
    const present = names();
    if (present.join('\n') !== listed.join('\n')) {
      // What was chosen in an earlier stream, or stands in for it, has come in this one.
      const wanted = chosen === undefined || present.includes(chosen) ? chosen : present[0];
      const isNew = wanted !== undefined && player.captions.includes(wanted) && !listed.includes(wanted);
      list();
      if (isNew && !captionTracks(video).some(({ label }) => label === wanted)) player.reload();
      return;
    }
    const isMenu = present.length > 1;
    if (!isMenu && !menu.hidden) close();
    // As where the whole bar goes (stage.ts).
    if (present.length === 0 && node.contains(document.activeElement))
      node.closest<HTMLElement>('.stage')?.focus();
    node.hidden = present.length === 0;
    const isShown = String(chosen !== undefined);
    setData(button.node, 'on', isShown);
    setAttribute(button.node, 'aria-pressed', isMenu ? undefined : isShown);
    setAttribute(button.node, 'aria-haspopup', isMenu ? 'menu' : undefined);
    setAttribute(button.node, 'aria-expanded', isMenu ? String(!menu.hidden) : undefined);
    button.show('captions', words.player.captions);
  };
  const list = (): void => {
    const tracks = captionTracks(video);
    if (chosen !== undefined) apply(tracks, chosen);
    if (chosen === undefined || tracks.some(({ label }) => label === chosen)) player.keep();
    listed = names();
    const isChosenListed = chosen === undefined || listed.includes(chosen);
    const checked = isChosenListed ? chosen : listed[0];
    const hadFocus = menu.contains(document.activeElement);
    const focused = document.activeElement?.textContent;
    menu.replaceChildren(
      item(words.player.captionsNone, checked === undefined, () => choose(undefined)),
      ...listed.map((name) => item(name, name === checked, () => choose(name))),
    );
    if (hadFocus) {
      focusChecked();
      for (const node of menu.children)
        if (node instanceof HTMLElement && node.textContent === focused) node.focus();
    }
    show();
  };
  video.textTracks.addEventListener('addtrack', list);
  video.textTracks.addEventListener('removetrack', list);
  video.textTracks.addEventListener('change', () => {
    // The browser's own menu (full screen on a phone) may have chosen; an emptied element says nothing.
    const tracks = captionTracks(video);
    const shown = tracks.find((track) => track.mode === 'showing');
    if (tracks.length > 0 && shown !== trackOf(tracks, chosen)) {
      chosen = shown?.label;
      lastShown = chosen ?? lastShown;
    }
    list();
  });
  list();
  return { node, show, toggle };
}

function captionTracks(video: HTMLVideoElement): readonly TextTrack[] {
  return [...video.textTracks].filter((track) => track.kind === 'captions' || track.kind === 'subtitles');
}

/** The first one stands in for one that is not there. */
function trackOf(tracks: readonly TextTrack[], chosen: string | undefined): TextTrack | undefined {
  return chosen === undefined ? undefined : (tracks.find(({ label }) => label === chosen) ?? tracks[0]);
}

/** Shows one track at most. A track that is merely hidden is still loaded, part by part. */
function apply(tracks: readonly TextTrack[], chosen: string | undefined): void {
  const wanted = trackOf(tracks, chosen);
  for (const track of tracks) {
    const mode = track === wanted ? 'showing' : 'disabled';
    if (track.mode !== mode) track.mode = mode;
  }
}

function item(label: string, isChecked: boolean, onClick: () => void): HTMLButtonElement {
  const node = element(
    'button',
    { type: 'button', role: 'menuitemradio', tabindex: '-1', 'aria-checked': String(isChecked) },
    label,
  );
  node.addEventListener('click', onClick);
  return node;
}

/** Sets or removes it. */
function setAttribute(node: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value);
}

/**
 * Closed by Escape, by Tab, which goes on from the button, and by a press elsewhere; arrows, Home and End go from item to
 * item (WAI-ARIA APG, menu button pattern).
 */
function bindMenu(node: HTMLElement, menu: HTMLElement, close: () => void): void {
  document.addEventListener('pointerdown', ({ target }) => {
    if (!menu.hidden && !(target instanceof Node && node.contains(target))) close();
  });
  node.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget instanceof Node && !node.contains(relatedTarget)) close();
  });
  node.addEventListener('keydown', (event) => {
    if (menu.hidden) return;
    if (event.key === 'Tab') close();
    const items = [...menu.querySelectorAll<HTMLElement>('button')];
    const focused = document.activeElement;
    const at = focused instanceof HTMLElement ? items.indexOf(focused) : -1;
    const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (event.key !== 'Escape' && next === undefined) return;
    // The player has other uses for these keys.
    event.stopPropagation();
    event.preventDefault();
    if (next === undefined) close();
    else items.at(next % items.length)?.focus();
  });
}
