// A silent preview of the chosen stream, while it is live: the embed in a frame, which says when it plays.

import { Player } from '../host/player.ts';
import { withLanguage } from '../page/carried-language.ts';
import { element } from '../page/element.ts';
import { embedUrl } from '../page/gateway-urls.ts';
import { setupWords } from '../words/setup.ts';

const { checklist: text } = setupWords;

export type Preview = {
  readonly node: HTMLElement;
  /** Undefined for none. */
  readonly show: (name: string | undefined) => void;
  readonly isPlaying: () => boolean;
  readonly latencyMs: () => number | undefined;
};

export function preview(root: string, onChange: () => void): Preview {
  const holder = element('div', { class: 'preview-holder' });
  const empty = element('p', { class: 'preview-empty' }, text.noPreview);
  const note = element('p', { class: 'hint' }, text.previewNote);
  const node = element('div', { class: 'preview' }, holder, note);
  holder.append(empty);
  note.hidden = true;
  let shown: string | undefined;
  let player: Player | undefined;
  let isPlaying = false;
  let latencyMs: number | undefined;
  const close = (): void => {
    player?.destroy();
    player = undefined;
    isPlaying = false;
    latencyMs = undefined;
    holder.replaceChildren(empty);
  };
  const open = (name: string): void => {
    const query = 'autoplay=1&sound=0&controls=0&title=0&branding=0&keyboard=0';
    const frame = element('iframe', {
      class: 'preview-frame',
      title: text.preview(name),
      allow: 'autoplay',
      tabindex: '-1',
      src: withLanguage(`${embedUrl(root, name)}?${query}`),
    });
    holder.replaceChildren(frame);
    player = new Player(frame);
    player.on('play', () => {
      isPlaying = true;
      onChange();
    });
    player.on('latency', (value) => {
      // A page that was slow to load may have missed the event.
      isPlaying = true;
      latencyMs = value.latencyMs;
      onChange();
    });
  };
  return {
    node,
    show: (name) => {
      if (name === shown) return;
      shown = name;
      close();
      note.hidden = name === undefined;
      if (name !== undefined) open(name);
    },
    isPlaying: () => isPlaying,
    latencyMs: () => latencyMs,
  };
}
