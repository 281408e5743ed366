// The playground of an embed: frames it as another site does, calls its methods, and shows every message of Player.js.
import {
  PLAYER_EVENTS,
  PLAYER_METHODS,
  type PlayerMethod,
  parseEventMessage,
  writePlayerMessage,
} from '../../frame/player-protocol.ts';
import { brandLink } from '../../page/brand.ts';
import { copyLine } from '../../page/copy-button.ts';
import { element, setText } from '../../page/element.ts';
import { embedSnippet, embedUrl, watchUrl } from '../../page/gateway-urls.ts';
import { isStreamName } from '../../page/stream-name.ts';
import { embedWords } from '../../page/words-embed.ts';
import { messageLog } from './message-log.ts';

const { playground } = embedWords;
/** Only one listener of this page. */
const LISTENER = 'playground';
/** These have their own answer, or are sent by the page itself. */
const NOT_SHOWN: ReadonlySet<PlayerMethod> = new Set(['addEventListener', 'removeEventListener']);

const root = new URL('../../', window.location.href).href;
const name = /\/embed\/([^/]+)\/test$/.exec(window.location.pathname)?.[1] ?? '';
if (isStreamName(name)) openPlayground(name);

function openPlayground(name: string): void {
  document.title = playground.title(name);
  const log = messageLog();
  const state = element('p', { class: 'hint', role: 'status' }, playground.waiting);
  const options = field(
    playground.options,
    'options',
    new URLSearchParams(window.location.search).toString(),
  );
  const value = field(playground.value, 'value', '50');
  const sandbox = element('input', { type: 'checkbox', id: 'sandbox' });
  let frame = element('iframe');
  const holder = element('div');
  const load = (): void => {
    frame = playerFrame(name, options.input.value, sandbox.checked);
    holder.replaceChildren(frame);
    setText(state, playground.waiting);
  };
  const send = (method: PlayerMethod, sent?: unknown): void => {
    const message = { method, value: sent, listener: LISTENER };
    // In a sandbox the frame has no origin to address. Nothing sent here is secret.
    frame.contentWindow?.postMessage(writePlayerMessage(message), '*');
    log.add('out', method, sent);
  };
  window.addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
    if (source !== frame.contentWindow) return;
    const message = parseEventMessage(data);
    if (message === undefined) return;
    log.add('in', message.event, message.value);
    if (message.event !== 'ready' || message.listener === LISTENER) return;
    setText(state, playground.ready(PLAYER_METHODS.length, PLAYER_EVENTS.length));
    for (const event of PLAYER_EVENTS) if (event !== 'ready') send('addEventListener', event);
  });
  const form = element(
    'form',
    {},
    options.label,
    element(
      'div',
      { class: 'playground-row' },
      options.input,
      element('button', { class: 'button' }, playground.apply),
    ),
    element('p', { class: 'hint' }, playground.optionsHint),
    element(
      'div',
      { class: 'playground-row' },
      element('label', {}, sandbox, element('span', {}, playground.sandbox)),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    load();
  });
  sandbox.addEventListener('change', load);
  document.body.append(
    element(
      'header',
      { class: 'top' },
      brandLink(root),
      element('a', { href: watchUrl(root, name) }, playground.back),
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
        holder,
        state,
        panel(
          playground.methods,
          methodList(send, () => value.input.value),
          value.label,
          row(value.input),
        ),
        panel(playground.options, form),
      ),
      element('div', { class: 'playground-side' }, log.node),
      codePanel(name),
    ),
  );
  load();
}

function playerFrame(name: string, query: string, isSandboxed: boolean): HTMLIFrameElement {
  const search = query.trim() === '' ? '' : `?${query.trim().replace(/^\?/, '')}`;
  return element('iframe', {
    class: 'playground-frame',
    title: playground.frame,
    allow: 'autoplay; picture-in-picture; encrypted-media',
    allowfullscreen: '',
    ...(isSandboxed ? { sandbox: 'allow-scripts' } : {}),
    src: `${embedUrl(root, name)}${search}`,
  });
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
