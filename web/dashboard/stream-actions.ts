// What an operator can do with a stream: copy its links, kick its publisher, end it, and make a new publish key.
import { copyLine } from '../page/copy-button.ts';
import { element } from '../page/element.ts';
import { type GatewayInfo, isOnlyHere, shareRoot } from '../page/gateway-info.ts';
import { embedSnippet, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { type GlyphName, glyph } from '../page/glyph.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { words } from '../words/stream.ts';
import { confirmDialog, openDialog } from './dialog.ts';
import type { ListedKey, OperatorApi } from './operator-api.ts';
import { problemWords } from './problem-words.ts';

const { actions } = dashboardWords;

/** The longest reason that the API takes. */
const MAX_REASON = 200;
const DEFAULT_CLOSED_S = 300;

export type StreamActionsOptions = {
  readonly root: string;
  readonly name: string;
  readonly api: OperatorApi;
  readonly info: () => GatewayInfo | undefined;
};

export type StreamActions = {
  readonly node: HTMLElement;
  /** Without a publisher nobody can be kicked. A test has no links for viewers, and no key of its own. */
  readonly show: (stream: { readonly isPublished: boolean; readonly isTest: boolean }) => void;
};

export function streamActions(options: StreamActionsOptions): StreamActions {
  const kick = actionButton('kick', actions.kick, () => askKick(options));
  const end = actionButton('end', actions.end, () => askEnd(options));
  end.classList.add('danger');
  const links = actionButton('link', actions.copyLinks, () => showLinks(options));
  const rotate = actionButton('key', actions.rotateKey, () => void askRotate(options));
  const node = element(
    'div',
    { class: 'actions', role: 'group', 'aria-label': actions.label },
    links,
    rotate,
    kick,
    end,
  );
  return {
    node,
    show: ({ isPublished, isTest }) => {
      kick.disabled = !isPublished;
      links.hidden = isTest;
      rotate.hidden = isTest;
    },
  };
}

function actionButton(icon: GlyphName, label: string, onPress: () => void): HTMLButtonElement {
  const button = element('button', { type: 'button', class: 'action' }, glyph(icon), label);
  button.addEventListener('click', onPress);
  return button;
}

function showLinks({ root, name, info }: StreamActionsOptions): void {
  const shared = shareRoot(root, info());
  openWithClose(
    actions.linksTitle(name),
    ...(isOnlyHere(shared) ? [element('p', { class: 'hint' }, words.share.onlyHere)] : []),
    copyLine(words.share.watch, watchUrl(shared, name)).node,
    copyLine(words.share.embed, embedSnippet(shared, name)).node,
    copyLine(words.share.hls, playlistUrl(shared, name)).node,
  );
}

function openWithClose(title: string, ...content: readonly HTMLElement[]): void {
  const close = element('button', { type: 'button', class: 'button' }, actions.close);
  const dialog = openDialog(title, ...content, element('div', { class: 'dialog-buttons' }, close));
  close.addEventListener('click', () => dialog.close());
}

function askKick({ name, api }: StreamActionsOptions): void {
  const reason = reasonField();
  confirmDialog({
    title: actions.kickTitle(name),
    happens: actions.kickHappens,
    fields: [reason.node],
    action: actions.kick,
    isDangerous: true,
    run: async () => {
      await api.kick(name, reason.input.value);
      return actions.kickDone;
    },
  });
}

function askEnd({ name, api }: StreamActionsOptions): void {
  const reason = reasonField();
  const choice = element(
    'select',
    { id: 'closed-for' },
    ...actions.closedChoices.map(({ seconds, label }) =>
      element('option', { value: String(seconds) }, label),
    ),
  );
  choice.value = String(DEFAULT_CLOSED_S);
  const closed = element(
    'div',
    { class: 'dialog-field' },
    element('label', { for: 'closed-for' }, actions.closedFor),
    choice,
  );
  confirmDialog({
    title: actions.endTitle(name),
    happens: actions.endHappens,
    fields: [closed, reason.node],
    action: actions.end,
    isDangerous: true,
    run: async () => {
      await api.end(name, reason.input.value, Number(choice.value));
      return actions.endDone;
    },
  });
}

/** The dialog says how many keys there are, so they are asked for first. */
async function askRotate({ name, api }: StreamActionsOptions): Promise<void> {
  let all: readonly ListedKey[];
  try {
    all = await api.keys();
  } catch (error) {
    openWithClose(actions.rotateTitle(name), element('p', {}, actions.failed(problemWords(error))));
    return;
  }
  const own = all.filter((key) => key.name === name);
  const fixed = own.filter(({ id }) => id === undefined).length;
  confirmDialog({
    title: actions.rotateTitle(name),
    happens: [
      ...actions.rotateHappens,
      ...(all.length === 0 ? [actions.rotateFirst] : []),
      ...(fixed > 0 ? [actions.rotateFixed(fixed)] : []),
    ],
    action: actions.rotateKey,
    isDangerous: true,
    run: async () => {
      const key = await api.addKey(name, own.at(-1));
      const shown: (string | HTMLElement)[] = [
        element('p', {}, actions.rotateDone),
        copyLine(actions.newKey, key).node,
      ];
      try {
        for (const { id } of own) if (id !== undefined) await api.removeKey(id);
      } catch (error) {
        shown.push(element('p', {}, actions.rotateHalf(problemWords(error))));
      }
      return shown;
    },
  });
}

function reasonField() {
  const input = element('input', { type: 'text', id: 'reason', maxlength: String(MAX_REASON) });
  const node = element(
    'div',
    { class: 'dialog-field' },
    element('label', { for: 'reason' }, actions.reason),
    input,
  );
  return { node, input };
}
