// Captions, which the gateway converts to subtitles: a button that is shown only when there are captions, with a menu
// when there are several. The choice is kept when the player is loaded again.

import { setData } from '../page/element.ts';
import type { Player } from '../player/player.ts';
import { words } from '../words/stream.ts';
import { captionName } from './caption-name.ts';
import { captionTracks, showTrack, trackOf } from './caption-tracks.ts';
import { CaptionsMenu } from './captions-menu.ts';
import { type ControlButton, controlButton } from './control-button.ts';

/** Takes the first track: the viewer chose before any name was known. */
const FIRST = '';

/** The button and its menu. Hidden until the video has a captions or subtitles track, or the stream announces one. */
export class CaptionsControl {
  readonly node: HTMLElement;
  readonly #video: HTMLVideoElement;
  readonly #player: Player;
  readonly #button: ControlButton;
  readonly #menu: CaptionsMenu;
  /** Label of the track to show; undefined for none. */
  #chosen: string | undefined;
  #lastShown = FIRST;
  /** Names in the menu. */
  #listed: readonly string[] = [];
  /** What the page's address asks for, until there is one or the viewer chooses: any, or a name or language. */
  #wish: string | true | undefined;

  constructor(video: HTMLVideoElement, player: Player, wish?: boolean | string) {
    this.#video = video;
    this.#player = player;
    this.#wish = wish === false ? undefined : wish;
    this.#button = controlButton('control-captions', () => this.#press());
    this.#menu = new CaptionsMenu(this.#button.node);
    this.node = this.#menu.node;
    video.textTracks.addEventListener('addtrack', () => this.#list());
    video.textTracks.addEventListener('removetrack', () => this.#list());
    video.textTracks.addEventListener('change', () => this.#adopt());
    this.#list();
  }

  /** Call this whenever the player changes. */
  show(): void {
    const names = this.#names();
    if (names.join('\n') === this.#listed.join('\n')) this.#draw(names);
    else this.#takeNames(names);
  }

  /** Switches captions off, or on again with the same choice. */
  toggle(): void {
    if (!this.node.hidden) this.#choose(this.#chosen === undefined ? this.#lastShown : undefined);
  }

  #press(): void {
    if (this.#names().length < 2) this.toggle();
    else if (this.#menu.isOpen) this.#menu.close();
    else this.#menu.open();
  }

  /** In menu order: the tracks of the video, then those that another load of the source will add. */
  #names(): readonly string[] {
    const labels = captionTracks(this.#video).map(({ label }) => label);
    return [...new Set([...labels, ...this.#player.captions])];
  }

  #choose(label: string | undefined): void {
    this.#wish = undefined;
    this.#chosen = label;
    if (label !== undefined) this.#lastShown = label;
    this.#menu.close();
    const tracks = captionTracks(this.#video);
    showTrack(tracks, label);
    // The loaded playlist did not list it yet.
    const isListed = tracks.some((track) => track.label === label);
    const isToCome = label !== undefined && !isListed && this.#player.captions.includes(label);
    if (isToCome || (label !== undefined && tracks.length === 0)) this.#player.reload();
    this.#list();
  }

  /** Whether one of `names` is what the address asks for, and is chosen now. */
  #grantWish(names: readonly string[]): boolean {
    const wish = this.#wish;
    const spoken = captionTracks(this.#video).find(({ language }) => language === wish)?.label;
    const wished = wish === true ? names[0] : (names.find((name) => name === wish) ?? spoken);
    if (wish === undefined || wished === undefined) return false;
    this.#choose(wished);
    return true;
  }

  /** The track chosen in an earlier stream, or its replacement, is now in this one. */
  #takeNames(names: readonly string[]): void {
    if (this.#grantWish(names)) return;
    const wanted = this.#chosen === undefined || names.includes(this.#chosen) ? this.#chosen : names[0];
    const isNew =
      wanted !== undefined && this.#player.captions.includes(wanted) && !this.#listed.includes(wanted);
    this.#list();
    if (isNew && !captionTracks(this.#video).some(({ label }) => label === wanted)) this.#player.reload();
  }

  /** The browser's own menu (full screen on a phone) may have changed the choice. An empty element says nothing. */
  #adopt(): void {
    const tracks = captionTracks(this.#video);
    const shown = tracks.find((track) => track.mode === 'showing');
    if (tracks.length > 0 && shown !== trackOf(tracks, this.#chosen)) {
      this.#wish = undefined;
      this.#chosen = shown?.label;
      this.#lastShown = this.#chosen ?? this.#lastShown;
    }
    this.#list();
  }

  #list(): void {
    if (this.#grantWish(this.#names())) return;
    const chosen = this.#chosen;
    const tracks = captionTracks(this.#video);
    if (chosen !== undefined) showTrack(tracks, chosen);
    if (chosen === undefined || tracks.some(({ label }) => label === chosen)) this.#player.keep();
    this.#listed = this.#names();
    const isChosenListed = chosen === undefined || this.#listed.includes(chosen);
    const checked = isChosenListed ? chosen : this.#listed[0];
    const labelOf = (name: string): string =>
      captionName(name, tracks.find(({ label }) => label === name)?.language ?? '');
    this.#menu.list(this.#listed, labelOf, checked, (label) => this.#choose(label));
    this.show();
  }

  #draw(names: readonly string[]): void {
    const { node } = this;
    const button = this.#button.node;
    const isMenu = names.length > 1;
    if (!isMenu && this.#menu.isOpen) this.#menu.close();
    // The focus moves as it does when the whole bar is hidden (stage.ts).
    if (names.length === 0 && node.contains(document.activeElement))
      node.closest<HTMLElement>('.stage')?.focus();
    node.hidden = names.length === 0;
    const isShown = String(this.#chosen !== undefined);
    setData(button, 'on', isShown);
    setAttribute(button, 'aria-pressed', isMenu ? undefined : isShown);
    setAttribute(button, 'aria-haspopup', isMenu ? 'menu' : undefined);
    setAttribute(button, 'aria-expanded', isMenu ? String(this.#menu.isOpen) : undefined);
    this.#button.show('captions', words.player.captions);
  }
}

/** Sets or removes it. */
function setAttribute(node: HTMLElement, name: string, value: string | undefined): void {
  if (value === undefined) node.removeAttribute(name);
  else node.setAttribute(name, value);
}
