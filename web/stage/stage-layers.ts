// The layers over the video: the state's card, the one-line banner, the spinner, and the buttons that need a gesture.
import { element, setText } from '../page/element.ts';
import { icon } from '../page/icons.ts';
import type { LatencyMode } from '../player/latency-mode.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';
import type { SlowNotice } from './slow-notice.ts';
import type { StageView } from './stage-view.ts';
import type { LayerWords } from './state-words.ts';

export type LayerVisibility = StageView & {
  readonly sound: boolean;
  readonly audioOnly: boolean;
};

export type StageLayers = {
  readonly nodes: readonly HTMLElement[];
  /** Buttons of the page, on the card. */
  readonly cardActions: HTMLElement;
  readonly show: (visibility: LayerVisibility, text: LayerWords, notice: SlowNotice | undefined) => void;
};

export type LayerActions = {
  readonly onPlay: () => void;
  readonly onSound: () => void;
  readonly onLatency: (mode: LatencyMode) => void;
  readonly onDismiss: () => void;
};

/** The layers, all hidden until `show`. */
export function stageLayers(actions: LayerActions): StageLayers {
  const title = element('p', { class: 'card-title' });
  const detail = element('span');
  const detailTime = element('span', { class: 'state-time', 'aria-hidden': 'true' });
  const bannerText = element('span');
  // Screen readers skip the seconds: the announcer reads the state once.
  const bannerTime = element('span', { class: 'state-time', 'aria-hidden': 'true' });
  const announcer = element('p', { class: 'visually-hidden', role: 'status', 'aria-live': 'polite' });
  const notice = noticeLayer(actions);
  const cardActions = element('div', { class: 'card-actions' });
  const layers = {
    audioOnly: element('div', { class: 'audio-only' }, words.player.audioOnly),
    spinner: element('div', { class: 'spinner', role: 'img', 'aria-label': words.player.loading }),
    card: element(
      'div',
      { class: 'card' },
      dot('card-pulse'),
      title,
      element('p', { class: 'card-detail' }, detail, detailTime),
      cardActions,
    ),
    banner: element(
      'div',
      { class: 'banner' },
      dot('banner-dot'),
      element('span', {}, bannerText, bannerTime),
    ),
    bigPlay: bigPlayButton(actions.onPlay),
    sound: soundButton(actions.onSound),
  } as const satisfies Readonly<Record<keyof LayerVisibility, HTMLElement>>;

  return {
    nodes: [...Object.values(layers), notice.node, announcer],
    cardActions,
    show: (visibility, text, slow) => {
      for (const [key, node] of Object.entries(layers)) {
        node.hidden = !visibility[key as keyof LayerVisibility];
      }
      notice.show(slow);
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

/** Says what helps against stops. Its button is not made again, so that it keeps the focus. */
function noticeLayer(actions: LayerActions): {
  readonly node: HTMLElement;
  readonly show: (notice: SlowNotice | undefined) => void;
} {
  const title = element('p', { class: 'notice-title' });
  const detail = element('p');
  const accept = element('button', { type: 'button', class: 'notice-button' });
  const dismiss = element(
    'button',
    { type: 'button', class: 'notice-button notice-dismiss' },
    watchWords.stalls.dismiss,
  );
  const node = element(
    'div',
    { class: 'notice', role: 'status' },
    title,
    detail,
    element('div', { class: 'notice-actions' }, accept, dismiss),
  );
  node.hidden = true;
  let offer: LatencyMode | undefined;
  accept.addEventListener('click', () => {
    if (offer !== undefined) actions.onLatency(offer);
  });
  dismiss.addEventListener('click', actions.onDismiss);
  return {
    node,
    show: (notice) => {
      node.hidden = notice === undefined;
      offer = notice?.offer;
      setText(title, notice?.title ?? '');
      setText(detail, notice?.detail ?? '');
      setText(accept, notice?.offer === undefined ? '' : watchWords.stalls[notice.offer]);
      accept.hidden = notice?.offer === undefined;
      dismiss.hidden = notice?.canDismiss !== true;
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
