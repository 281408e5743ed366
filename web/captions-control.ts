// Captions, which the gateway makes subtitles of: a button that is there only when they are, with a menu where there are
// several. What was chosen stays chosen when the player begins anew.
import { controlButton } from './control-button.ts';
import { element } from './element.ts';
import type { Player } from './player.ts';
import { words } from './words.ts';

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

  const choose = (label: string | undefined): void => {
    chosen = label;
    if (label !== undefined) lastShown = label;
    menu.hidden = true;
    const tracks = captionTracks(video);
    apply(tracks, chosen);
    // The playlist that was loaded did not list them yet.
    if (tracks.length === 0 && label !== undefined) player.reload();
    show();
  };
  const toggle = (): void => {
    if (!node.hidden) choose(chosen === undefined ? lastShown : undefined);
  };
  const button = controlButton('control-captions', () => {
    if (captionTracks(video).length < 2) toggle();
    else menu.hidden = !menu.hidden;
  });
  const menu = element('div', { class: 'captions-menu', role: 'menu', 'aria-label': words.player.captions });
  menu.hidden = true;
  const node = element('span', { class: 'captions-control' }, menu, button.node);
  closeOutside(node, menu);

  const show = (): void => {
    const tracks = captionTracks(video);
    node.hidden = tracks.length === 0 && !player.hasCaptions;
    const isShown = chosen !== undefined;
    const isMenu = tracks.length > 1;
    button.node.setAttribute('aria-pressed', String(isShown));
    if (isMenu) button.node.setAttribute('aria-haspopup', 'menu');
    else button.node.removeAttribute('aria-haspopup');
    const toggleLabel = isShown ? words.player.captionsOff : words.player.captionsOn;
    button.show('captions', isMenu ? words.player.captions : toggleLabel);
  };
  const list = (): void => {
    const tracks = captionTracks(video);
    if (chosen !== undefined) apply(tracks, chosen);
    const shown = tracks.find((track) => track.mode === 'showing')?.label;
    menu.replaceChildren(
      item(words.player.captionsNone, shown === undefined, () => choose(undefined)),
      ...tracks.map(({ label }) => item(label, label === shown, () => choose(label))),
    );
    show();
  };
  video.textTracks.addEventListener('addtrack', list);
  video.textTracks.addEventListener('removetrack', list);
  video.textTracks.addEventListener('change', () => {
    // The browser's own menu (full screen on a phone) may have chosen; an emptied element says nothing.
    const tracks = captionTracks(video);
    const shown = tracks.find((track) => track.mode === 'showing');
    if (tracks.length > 0) chosen = shown?.label;
    if (chosen !== undefined) lastShown = chosen;
    list();
  });
  list();
  return { node, show, toggle };
}

function captionTracks(video: HTMLVideoElement): readonly TextTrack[] {
  return [...video.textTracks].filter((track) => track.kind === 'captions' || track.kind === 'subtitles');
}

/** Shows one track at most. A track that is merely hidden is still loaded, part by part. */
function apply(tracks: readonly TextTrack[], chosen: string | undefined): void {
  const wanted =
    chosen === undefined ? undefined : (tracks.find(({ label }) => label === chosen) ?? tracks[0]);
  for (const track of tracks) {
    const mode = track === wanted ? 'showing' : 'disabled';
    if (track.mode !== mode) track.mode = mode;
  }
}

function item(label: string, isChecked: boolean, onClick: () => void): HTMLButtonElement {
  const node = element(
    'button',
    { type: 'button', role: 'menuitemradio', 'aria-checked': String(isChecked) },
    label,
  );
  node.addEventListener('click', onClick);
  return node;
}

function closeOutside(node: HTMLElement, menu: HTMLElement): void {
  document.addEventListener('pointerdown', ({ target }) => {
    if (!(target instanceof Node && node.contains(target))) menu.hidden = true;
  });
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || menu.hidden) return;
    event.stopPropagation();
    menu.hidden = true;
    node.querySelector<HTMLElement>('.control-captions')?.focus();
  });
}
