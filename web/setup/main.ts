// The set-up page: what to enter in an encoder, the links for viewers, and the streams that are live now.
import { brandLink } from '../page/brand.ts';
import { element, setText } from '../page/element.ts';
import { fetchJson } from '../page/fetch-json.ts';
import { type GatewayInfo, parseInfo, parseStreams, serverChoices } from '../page/gateway-info.ts';
import { gatewayRoot } from '../page/gateway-urls.ts';
import { isStreamName } from '../page/stream-name.ts';
import { words } from '../page/words.ts';
import { encoderCards } from './encoder-cards.ts';
import { liveList } from './live-list.ts';

const { setup } = words;

/** Short enough to see a new stream soon, long enough to cost almost nothing. */
const REFRESH_MS = 3_000;
const TIMEOUT_MS = 8_000;

const root = gatewayRoot(window.location);
const cards = encoderCards(root);
const streams = liveList(root);
const version = element('span', { class: 'version' });
const infoNote = element('p', { class: 'hint', role: 'status' });
const nameInput = element('input', {
  id: 'name',
  type: 'text',
  value: 'mystream',
  maxlength: '64',
  autocomplete: 'off',
  autocapitalize: 'off',
  spellcheck: 'false',
  'aria-describedby': 'name-note',
});
const nameNote = element('p', { class: 'hint', id: 'name-note', 'aria-live': 'polite' }, setup.nameHint);
const serverSelect = element('select', { id: 'server' });
const serverField = element(
  'div',
  { class: 'field' },
  element('label', { for: 'server' }, setup.serverChoice),
  serverSelect,
);

let info: GatewayInfo | undefined;
/** The visitor's choice of server is kept; the default is replaced when the gateway answers. */
let isServerChosen = false;

/** Shows the typed name everywhere. An invalid name shows a message and keeps the last valid one. */
function followName(): void {
  const name = nameInput.value.trim();
  const isValid = isStreamName(name);
  nameInput.setAttribute('aria-invalid', String(!isValid));
  setText(nameNote, isValid ? setup.nameHint : setup.nameInvalid);
  if (isValid) cards.show(name, serverSelect.value, info ?? {});
}

function offerServers(): void {
  const chosen = serverSelect.value;
  const choices = serverChoices(info, window.location.hostname);
  serverSelect.replaceChildren(...choices.map((server) => element('option', { value: server }, server)));
  if (isServerChosen && choices.includes(chosen)) serverSelect.value = chosen;
  serverField.hidden = choices.length < 2;
  followName();
}

async function loadInfo(): Promise<void> {
  try {
    info = parseInfo(await fetchJson(`${root}api/v1/info`, TIMEOUT_MS));
    setText(version, info.version === '' ? '' : setup.version(info.version));
    setText(infoNote, '');
    offerServers();
  } catch {
    setText(infoNote, setup.infoFailed);
  }
}

async function refresh(): Promise<void> {
  if (document.visibilityState === 'visible') {
    try {
      if (info === undefined) await loadInfo();
      streams.show(parseStreams(await fetchJson(`${root}api/v1/streams`, TIMEOUT_MS)));
    } catch {
      streams.show('failed');
    }
  }
  window.setTimeout(refresh, REFRESH_MS);
}

nameInput.addEventListener('input', followName);
serverSelect.addEventListener('change', () => {
  isServerChosen = true;
  followName();
});
document.body.append(
  element('header', { class: 'top' }, brandLink('./'), version),
  element(
    'main',
    { class: 'setup' },
    element(
      'section',
      { class: 'intro' },
      element('h1', {}, setup.tagline),
      element(
        'div',
        { class: 'fields' },
        element('div', { class: 'field' }, element('label', { for: 'name' }, setup.nameLabel), nameInput),
        serverField,
      ),
      nameNote,
      infoNote,
    ),
    streams.node,
    element('div', { class: 'cards' }, ...cards.nodes),
  ),
);
offerServers();
void refresh();
