// Options for the embed code, the code itself, and the player as it will look.
import { withLanguage } from '../page/carried-language.ts';
import { copyLine } from '../page/copy-button.ts';
import { element } from '../page/element.ts';
import { gatewayRoot } from '../page/gateway-urls.ts';
import { LANGUAGE_NAMES, LANGUAGES } from '../words/language.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';
import { EMBED_SIZES, type EmbedOptions, embedAddress, embedCode } from './embed-code.ts';

const { share } = watchWords;

export class EmbedBuilder {
  readonly node: HTMLElement;
  readonly #name: string;
  readonly #autoplay = checkbox('embed-autoplay', share.autoplay);
  readonly #muted = checkbox('embed-muted', share.muted);
  readonly #size = select(
    'embed-size',
    share.size,
    Object.keys(EMBED_SIZES).map((size) => [size, share.sizes[size as keyof typeof EMBED_SIZES]]),
  );
  readonly #language = select('embed-language', share.language, [
    ['', share.languageOfViewer],
    ...LANGUAGES.map((language) => [language, LANGUAGE_NAMES[language]] as const),
  ]);
  readonly #code = copyLine(words.share.embed);
  readonly #place = element('div', { class: 'embed-preview' });
  #root = gatewayRoot(window.location);
  #isPreviewed = false;

  constructor(name: string) {
    this.#name = name;
    for (const { input } of [this.#autoplay, this.#muted, this.#size, this.#language])
      input.addEventListener('change', () => this.#draw());
    this.#autoplay.input.addEventListener('change', () => {
      // Sound would keep the browser from starting by itself.
      if (this.#autoplay.input.checked) this.#muted.input.checked = true;
      this.#draw();
    });
    this.node = element(
      'div',
      { class: 'embed-builder' },
      element(
        'fieldset',
        { class: 'embed-options' },
        element('legend', { class: 'copy-label' }, share.options),
        this.#autoplay.node,
        this.#muted.node,
        this.#size.node,
        this.#language.node,
      ),
      this.#code.node,
      element('p', { class: 'hint' }, share.autoplayHint),
      element('p', { class: 'copy-label' }, share.preview),
      this.#place,
    );
  }

  /** `root` is the gateway's address for others. */
  show(root: string): void {
    this.#root = root;
    this.#draw();
  }

  /** The preview plays: it exists only while it is seen. */
  showPreview(isSeen: boolean): void {
    this.#isPreviewed = isSeen;
    this.#draw();
  }

  #options(): EmbedOptions {
    const size = Object.keys(EMBED_SIZES).find((one) => one === this.#size.input.value) ?? 'responsive';
    return {
      autoplay: this.#autoplay.input.checked,
      muted: this.#muted.input.checked,
      size: size as EmbedOptions['size'],
      lang: LANGUAGES.find((language) => language === this.#language.input.value),
    };
  }

  #draw(): void {
    const options = this.#options();
    this.#code.set(embedCode(this.#root, this.#name, options));
    if (!this.#isPreviewed) return this.#place.replaceChildren();
    // At this page's own address: the address for others may not lead back from here.
    const address = embedAddress(gatewayRoot(window.location), this.#name, options);
    const src = options.lang === undefined ? withLanguage(address) : address;
    const shown = this.#place.querySelector('iframe');
    if (shown?.src === src) return;
    this.#place.replaceChildren(
      element('iframe', {
        src,
        title: share.previewTitle,
        allow: 'autoplay; fullscreen; picture-in-picture; encrypted-media',
      }),
    );
  }
}

function checkbox(
  id: string,
  label: string,
): { readonly node: HTMLElement; readonly input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox', id });
  return { input, node: element('label', { class: 'check', for: id }, input, label) };
}

function select(
  id: string,
  label: string,
  options: readonly (readonly [value: string, text: string])[],
): { readonly node: HTMLElement; readonly input: HTMLSelectElement } {
  const input = element(
    'select',
    { id },
    ...options.map(([value, text]) => element('option', { value }, text)),
  );
  return { input, node: element('label', { class: 'embed-choice', for: id }, label, input) };
}
