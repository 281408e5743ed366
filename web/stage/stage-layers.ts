// The layers over the video: the state's card, the one-line banner, the spinner, and the buttons that need a gesture.
import { element, setText } from '../page/element.ts';
import { icon } from '../page/icons.ts';
import { words } from '../page/words.ts';
import type { StageView } from './stage-view.ts';
import type { LayerWords } from './state-words.ts';

export type LayerVisibility = StageView & {
  readonly sound: boolean;
  readonly audioOnly: boolean;
  /** Shows that the viewer's own line is too slow, and what may help. */
  readonly slowLine: boolean;
  /** The button for stable mode, which plays farther behind live. */
  readonly stableOffer: boolean;
};

export type StageLayers = {
  readonly nodes: readonly HTMLElement[];
  readonly show: (visibility: LayerVisibility, text: LayerWords) => void;
};

export type LayerActions = {
  readonly onPlay: () => void;
  readonly onSound: () => void;
  readonly onStable: () => void;
};

/** The layers, all hidden until `show`. */
export function stageLayers(actions: LayerActions): StageLayers {
  const title = element('p', { class: 'card-title' });
  const detail = element('span');
  const detailTime = element('span', { 'aria-hidden': 'true' });
  const bannerText = element('span');
  // Screen readers skip the seconds: the announcer reads the state once.
  const bannerTime = element('span', { 'aria-hidden': 'true' });
  const announcer = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  const stableOffer = element('button', { type: 'button', class: 'notice-button' }, words.slowLine.stable);
  stableOffer.addEventListener('click', actions.onStable);
  const slowLine = element(
    'div',
    { class: 'notice', role: 'status' },
    element('p', { class: 'notice-title' }, words.slowLine.title),
    element('p', {}, words.slowLine.detail),
    stableOffer,
  );
  const layers = {
    audioOnly: element('div', { class: 'audio-only' }, words.player.audioOnly),
    spinner: element('div', { class: 'spinner', role: 'img', 'aria-label': words.player.loading }),
    card: element(
      'div',
      { class: 'card' },
      dot('card-pulse'),
      title,
      element('p', { class: 'card-detail' }, detail, detailTime),
    ),
    banner: element(
      'div',
      { class: 'banner' },
      dot('banner-dot'),
      element('span', {}, bannerText, bannerTime),
    ),
    slowLine,
    bigPlay: bigPlayButton(actions.onPlay),
    sound: soundButton(actions.onSound),
  } as const satisfies Readonly<Record<Exclude<keyof LayerVisibility, 'stableOffer'>, HTMLElement>>;

  return {
    nodes: [...Object.values(layers), announcer],
    show: (visibility, text) => {
      for (const [key, node] of Object.entries(layers)) {
        node.hidden = !visibility[key as keyof LayerVisibility];
      }
      stableOffer.hidden = !visibility.stableOffer;
      setText(title, text.title);
      setText(detail, text.detail);
      setText(bannerText, text.banner);
      const time = text.timer === '' ? '' : words.player.timer(text.timer);
      setText(detailTime, time);
      setText(bannerTime, time);
      setText(announcer, [text.title, text.detail].filter((part) => part !== '').join('. '));
    },
  };
}

function bigPlayButton(onPlay: () => void): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'big-play', 'aria-label': words.player.playLive },
    icon('play'),
    element('span', { class: 'big-play-word', 'aria-hidden': 'true' }, words.live),
  );
  button.addEventListener('click', onPlay);
  return button;
}

function soundButton(onSound: () => void): HTMLElement {
  const button = element(
    'button',
    { type: 'button', class: 'sound-button' },
    icon('muted'),
    words.player.tapForSound,
  );
  button.addEventListener('click', onSound);
  return button;
}

function dot(className: string): HTMLElement {
  return element('span', { class: className, 'aria-hidden': 'true' });
}
