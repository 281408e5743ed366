// The settings of the player in one popover: quality, distance from live, look of captions, statistics, shortcuts.
import { element } from '../page/element.ts';
import { keyboardChoice } from '../page/viewer-choices.ts';
import { NO_QUALITIES } from '../player/engine-facts.ts';
import { LATENCY_MODES, type LatencyMode } from '../player/latency-mode.ts';
import type { Player } from '../player/player.ts';
import { watchWords } from '../words/watch.ts';
import { CAPTION_CHOICES, type CaptionStyle } from './caption-style.ts';
import { type ControlButton, controlButton } from './control-button.ts';
import { type MenuItem, type MenuPage, MenuPopover } from './menu-popover.ts';
import { qualityName } from './quality-name.ts';

const { menu } = watchWords;

export type SettingsMenuOptions = {
  readonly player: Player;
  readonly video: HTMLVideoElement;
  readonly captionStyle: CaptionStyle;
  readonly latencyMode: () => LatencyMode;
  readonly setLatencyMode: (mode: LatencyMode) => void;
  readonly isStatsShown: () => boolean;
  readonly toggleStats: () => void;
  /** The page allows single-key shortcuts at all. */
  readonly hasKeyboard: boolean;
};

export class SettingsMenu {
  readonly button: ControlButton;
  readonly popover: MenuPopover;
  readonly #options: SettingsMenuOptions;

  constructor(options: SettingsMenuOptions) {
    this.#options = options;
    this.button = controlButton('control-settings', () => undefined);
    this.button.show('settings', menu.settings);
    this.popover = new MenuPopover({
      button: this.button.node,
      label: menu.settings,
      pages: () => this.#pages(),
    });
  }

  #pages(): Readonly<Record<string, MenuPage>> {
    const { latencyMode, isStatsShown, toggleStats, hasKeyboard, captionStyle } = this.#options;
    const page = (name: string, label: string, value: string): MenuItem => ({
      kind: 'page',
      label,
      value,
      page: name,
    });
    const shortcuts = keyboardChoice.value === 'off' ? menu.shortcutsOff : menu.shortcutsOn;
    return {
      root: {
        title: menu.settings,
        groups: [
          {
            items: [
              page('quality', menu.quality, this.#qualityValue()),
              page('latency', menu.latency, watchWords.latency[latencyMode()].name),
              page('captions', menu.captions, watchWords.captions.sizes[captionStyle.value('size')]),
              {
                kind: 'action',
                label: menu.stats,
                value: isStatsShown() ? menu.statsOn : menu.statsOff,
                run: toggleStats,
              },
              ...(hasKeyboard ? [page('shortcuts', menu.shortcuts, shortcuts)] : []),
            ],
          },
        ],
      },
      quality: { title: menu.quality, groups: [{ items: this.#qualityItems() }] },
      latency: { title: menu.latency, groups: [{ items: this.#latencyItems() }] },
      captions: this.#captionsPage(),
      shortcuts: shortcutsPage(),
    };
  }

  #qualities() {
    return this.#options.player.engine?.qualities() ?? NO_QUALITIES;
  }

  #qualityValue(): string {
    const { all, current, chosen } = this.#qualities();
    const shown = all.find(({ id }) => id === (chosen ?? current));
    if (shown === undefined) return menu.qualityNone;
    const name = qualityName(shown, all, this.#options.video.videoHeight);
    return all.length > 1 && chosen === undefined ? `${menu.qualityAuto} (${name})` : name;
  }

  #qualityItems(): readonly MenuItem[] {
    const { player, video } = this.#options;
    const { all, chosen } = this.#qualities();
    const item = (label: string, id: number | undefined): MenuItem => ({
      kind: 'radio',
      label,
      isChecked: chosen === id || all.length < 2,
      choose: () => player.engine?.chooseQuality(id),
    });
    const [only] = all;
    if (only === undefined) return [item(menu.qualityNone, undefined)];
    if (all.length === 1) return [item(menu.qualityOnly(qualityName(only, all, video.videoHeight)), only.id)];
    const best = [...all].sort(
      (a, b) => (b.height ?? 0) - (a.height ?? 0) || (b.bitrate ?? 0) - (a.bitrate ?? 0),
    );
    return [
      item(menu.qualityAuto, undefined),
      ...best.map((one) => item(qualityName(one, all, video.videoHeight), one.id)),
    ];
  }

  #latencyItems(): readonly MenuItem[] {
    const { latencyMode, setLatencyMode } = this.#options;
    return LATENCY_MODES.map((mode) => ({
      kind: 'radio',
      label: watchWords.latency[mode].name,
      hint: watchWords.latency[mode].hint,
      isChecked: latencyMode() === mode,
      choose: () => setLatencyMode(mode),
    }));
  }

  #captionsPage(): MenuPage {
    const { captionStyle: style } = this.#options;
    const { captions } = watchWords;
    return {
      title: menu.captions,
      groups: [
        {
          label: captions.size,
          items: CAPTION_CHOICES.size.map((choice) =>
            radio(captions.sizes[choice], style.value('size') === choice, () => style.choose('size', choice)),
          ),
        },
        {
          label: captions.colour,
          items: CAPTION_CHOICES.colour.map((choice) =>
            radio(captions.colours[choice], style.value('colour') === choice, () =>
              style.choose('colour', choice),
            ),
          ),
        },
        {
          label: captions.background,
          items: CAPTION_CHOICES.background.map((choice) =>
            radio(captions.backgrounds[choice], style.value('background') === choice, () =>
              style.choose('background', choice),
            ),
          ),
        },
      ],
    };
  }
}

function radio(label: string, isChecked: boolean, choose: () => void): MenuItem {
  return { kind: 'radio', label, isChecked, choose };
}

/** The keys, and the switch for viewers whose other programs use them (WCAG 2.2, success criterion 2.1.4). */
function shortcutsPage(): MenuPage {
  const isOn = keyboardChoice.value !== 'off';
  const list = element('dl', { class: 'popover-keys' });
  for (const [keys, what] of watchWords.keys)
    list.append(element('div', {}, element('dt', {}, keys), element('dd', {}, what)));
  return {
    title: menu.shortcuts,
    groups: [
      {
        items: [
          {
            kind: 'check',
            label: menu.shortcutsUse,
            isChecked: isOn,
            choose: () => keyboardChoice.choose(isOn ? 'off' : undefined),
          },
        ],
      },
    ],
    note: list,
  };
}
