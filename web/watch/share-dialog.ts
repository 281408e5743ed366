// The share dialog: the link with its QR code, the HLS address, and a builder of the embed code with a preview.
import { copyLine } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { fetchJson } from '../page/fetch-json.ts';
import { type GatewayInfo, isOnlyHere, parseInfo, shareRoot } from '../page/gateway-info.ts';
import { gatewayRoot, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { icon } from '../page/icons.ts';
import { tabs } from '../page/tabs.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';
import { EmbedBuilder } from './embed-builder.ts';

const INFO_TIMEOUT_MS = 8_000;
const { share } = watchWords;

export type ShareDialog = { readonly button: HTMLElement; readonly dialog: HTMLElement };

export function shareDialog(name: string): ShareDialog {
  const link = linkPanel(name);
  const builder = new EmbedBuilder(name);
  const close = element('button', { type: 'button', class: 'icon-button', 'aria-label': share.close });
  close.append(icon('close'));
  const panels = tabs(
    share.button,
    [
      { id: 'share-link', label: share.tabLink, content: [link.node] },
      { id: 'share-embed', label: share.tabEmbed, content: [builder.node] },
    ],
    (id) => builder.showPreview(id === 'share-embed'),
  );
  const dialog = element(
    'dialog',
    { class: 'share', 'aria-labelledby': 'share-title' },
    element('div', { class: 'share-head' }, element('h2', { id: 'share-title' }, share.button), close),
    panels.node,
  );
  const button = element('button', { type: 'button', class: 'action', 'aria-haspopup': 'dialog' });
  button.append(icon('share'), share.button);
  button.addEventListener('click', () => {
    panels.select('share-link');
    dialog.showModal();
    loadRoot((info) => {
      const root = shareRoot(gatewayRoot(window.location), info);
      link.show(root, info !== undefined && isOnlyHere(root));
      builder.show(root);
    });
  });
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => builder.showPreview(false));
  // A press on the ground around the dialog hits the dialog itself.
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  return { button, dialog };
}

/** Others may not be able to use this page's address: then the gateway names one. It is shown as soon as it is known. */
function loadRoot(show: (info: GatewayInfo | undefined) => void): void {
  show(undefined);
  fetchJson(`${gatewayRoot(window.location)}api/v1/info`, INFO_TIMEOUT_MS).then(
    (body) => show(parseInfo(body)),
    () => undefined, // this page's address is already shown
  );
}

function linkPanel(name: string): {
  readonly node: HTMLElement;
  readonly show: (root: string, isHereOnly: boolean) => void;
} {
  const watch = copyLine(words.share.watch);
  const hls = copyLine(words.share.hls);
  const note = element('p', { class: 'hint', role: 'status' });
  const code = element('figure', { class: 'share-code' });
  const device = element('button', { type: 'button', class: 'button' }, share.device);
  device.hidden = !('share' in navigator);
  let address = '';
  device.addEventListener('click', () => {
    navigator.share({ title: name, url: address }).catch(() => undefined); // the viewer changed their mind
  });
  const node = element(
    'div',
    { class: 'share-link' },
    code,
    element('div', { class: 'share-lines' }, watch.node, hls.node, note, device),
  );
  return {
    node,
    show: (root, isHereOnly) => {
      setText(note, isHereOnly ? words.share.onlyHere : '');
      watch.set(watchUrl(root, name));
      hls.set(playlistUrl(root, name));
      if (watchUrl(root, name) === address) return;
      address = watchUrl(root, name);
      void drawCode(code, address, name);
    },
  };
}

async function drawCode(figure: HTMLElement, address: string, name: string): Promise<void> {
  try {
    const { qrCode } = await import('../page/qr-code.ts');
    figure.replaceChildren(
      qrCode(address, share.qr(name)),
      element('figcaption', { class: 'hint' }, share.qrHint),
    );
  } catch {
    figure.replaceChildren(); // the code could not be loaded; the link above is the same
  }
}
