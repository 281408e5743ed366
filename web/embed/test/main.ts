// The playground of an embed: frames it as another site does, calls its methods, and shows every message of Player.js.

import { PLAYER_METHODS, type PlayerMethod } from '../../frame/player-protocol.ts';
import { brandLink } from '../../page/brand.ts';
import { withLanguage } from '../../page/carried-language.ts';
import { copyLine } from '../../page/copy-button.ts';
import { element } from '../../page/element.ts';
import { embedSnippet, embedUrl, watchUrl } from '../../page/gateway-urls.ts';
import { parseQueryOptions } from '../../page/query-options.ts';
import { isStreamName } from '../../page/stream-name.ts';
import { embedWords } from '../../words/embed.ts';
import { loadWords } from '../../words/load-words.ts';
import { FramedEmbed } from './framed-embed.ts';
import { messageLog } from './message-log.ts';

const { playground } = embedWords;
/** These have their own answer, or are sent by the page itself. */
const NOT_SHOWN: ReadonlySet<PlayerMethod> = new Set(['addEventListener', 'removeEventListener']);

await loadWords(parseQueryOptions('embed', window.location.search).lang);

const root = new URL('../../', window.location.href).href;
const name = /\/embed\/([^/]+)\/test$/.exec(window.location.pathname)?.[1] ?? '';
if (isStreamName(name)) openPlayground(name);

function openPlayground(name: string): void {
  document.title = playground.title(name);
  const log = messageLog();
  const embed = new FramedEmbed(log);
  const value = field(playground.value, 'value', '50');
  const options = optionsForm((query, isSandboxed) => embed.load(embedUrl(root, name), query, isSandboxed));
  const methods = methodList(
    (method, sent) => embed.send(method, sent),
    () => value.input.value,
  );
  document.body.append(
    element(
      'header',
      { class: 'top' },
      brandLink(root),
      element('a', { href: withLanguage(watchUrl(root, name)) }, playground.back),
    ),
    element(
      'main',
      { class: 'playground' },
      element(
        'div',
        { class: 'playground-intro' },
        element('h1', {}, playground.title(name)),
        element('p', { class: 'hint' }, playground.intro),
      ),
      element(
        'div',
        { class: 'playground-side' },
        embed.node,
        embed.state,
        panel(playground.methods, methods, value.label, row(value.input)),
        panel(playground.options, options.node),
      ),
      element('div', { class: 'playground-side' }, log.node),
      codePanel(name),
    ),
  );
  options.load();
}

/** The options of the address, and whether the frame is sandboxed. */
function optionsForm(onLoad: (query: string, isSandboxed: boolean) => void): {
  readonly node: HTMLElement;
  readonly load: () => void;
} {
  const options = field(
    playground.options,
    'options',
    new URLSearchParams(window.location.search).toString(),
  );
  const sandbox = element('input', { type: 'checkbox', id: 'sandbox' });
  const load = (): void => onLoad(options.input.value, sandbox.checked);
  const node = element(
    'form',
    {},
    options.label,
    row(options.input, element('button', { class: 'button' }, playground.apply)),
    element('p', { class: 'hint' }, playground.optionsHint),
    row(element('label', {}, sandbox, element('span', {}, playground.sandbox))),
  );
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    load();
  });
  sandbox.addEventListener('change', load);
  return { node, load };
}

/** Methods that begin with `set` are called with the value of the field. */
function methodList(send: (method: PlayerMethod, value?: unknown) => void, value: () => string): HTMLElement {
  const buttons = PLAYER_METHODS.filter((method) => !NOT_SHOWN.has(method)).map((method) => {
    const button = element(
      'button',
      { type: 'button', class: 'method', 'aria-label': playground.call(method) },
      method,
    );
    button.addEventListener('click', () => {
      if (method.startsWith('set')) send(method, value());
      else send(method);
    });
    return element('li', {}, button);
  });
  return element('ul', { class: 'methods' }, ...buttons);
}

function codePanel(name: string): HTMLElement {
  const node = panel(
    playground.code,
    copyLine(playground.iframe, embedSnippet(root, name)).node,
    copyLine(
      playground.element,
      `<script type="module" src="${root}embed.js"></script>\n<sluice-player src="${root}" name="${name}"></sluice-player>`,
    ).node,
  );
  node.classList.add('playground-code');
  return node;
}

function panel(heading: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'panel' }, element('h2', {}, heading), ...children);
}

function row(...children: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'playground-row' }, ...children);
}

function field(label: string, id: string, text: string): { label: HTMLElement; input: HTMLInputElement } {
  const input = element('input', {
    id,
    type: 'text',
    value: text,
    autocomplete: 'off',
    autocapitalize: 'off',
    spellcheck: 'false',
  });
  return { label: element('label', { for: id, class: 'copy-label' }, label), input };
}
