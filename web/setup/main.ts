// The set-up page: what to enter in an encoder, whether it works, the links for viewers, and the streams that are live now.

import { brandLink } from '../page/brand.ts';
import { withLanguage } from '../page/carried-language.ts';
import { element, setText } from '../page/element.ts';
import { fetchJson } from '../page/fetch-json.ts';
import { formatLatency } from '../page/format.ts';
import { type GatewayInfo, parseInfo, parseStreams, serverChoices } from '../page/gateway-info.ts';
import { gatewayRoot, testReportUrl } from '../page/gateway-urls.ts';
import { showLook } from '../page/page-look.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { isStreamName } from '../page/stream-name.ts';
import { loadWords } from '../words/load-words.ts';
import { setupWords } from '../words/setup.ts';
import { checklist } from './checklist.ts';
import { checklistPanel } from './checklist-panel.ts';
import { encoderCard, viewerCard } from './encoder-cards.ts';
import { issueNotes } from './issue-notes.ts';
import { liveList } from './live-list.ts';
import { preview } from './preview.ts';
import { rejectedNotes } from './rejected-notes.ts';
import { shownRejections } from './shown-rejections.ts';
import { StreamWatch } from './stream-watch.ts';

/** Short enough to see a new stream soon, long enough to cost almost nothing. */
const REFRESH_MS = 3_000;
const TIMEOUT_MS = 8_000;
/** A name that is still being typed is not asked for. */
const TYPING_MS = 400;
/** States in which the preview stays: a picture may go on. */
const IS_ON: ReadonlySet<string> = new Set(['live', 'stalled', 'reconnecting']);
/** An encoder is connected. */
const HAS_ENCODER: ReadonlySet<string> = new Set(['connecting', 'starting', 'live']);
const DEFAULT_NAME = 'mystream';

const query = parseQueryOptions('watch', window.location.search);
await loadWords(query.lang);

const root = gatewayRoot(window.location);
showLook(query);
const encoders = encoderCard((isTest) => {
  watch.watchTests(isTest);
  showStream();
});
const viewers = viewerCard(root);
const streams = liveList(root);
const version = element('span', { class: 'version' });
const dashboard = element(
  'a',
  { class: 'top-link', href: withLanguage(`${root}dashboard`) },
  setupWords.dashboard,
);
const infoNote = element('p', { class: 'hint', role: 'status' });
const nameInput = element('input', {
  id: 'name',
  type: 'text',
  value: nameOfAddress(),
  maxlength: '64',
  autocomplete: 'off',
  autocapitalize: 'off',
  spellcheck: 'false',
  'aria-describedby': 'name-note',
});
const nameNote = element('p', { class: 'hint', id: 'name-note', 'aria-live': 'polite' }, setupWords.nameHint);
const serverSelect = element('select', { id: 'server' });
const serverField = element(
  'div',
  { class: 'field' },
  element('label', { for: 'server' }, setupWords.serverChoice),
  serverSelect,
);
const rejected = rejectedNotes();
const issues = issueNotes();
const picture = preview(root, () => showStream());
const steps = checklistPanel(rejected.node, picture.node, issues.node);
const watch = new StreamWatch(root, () => showStream());

let info: GatewayInfo | undefined;
/** The visitor's choice of server is kept; the default is replaced when the gateway answers. */
let isServerChosen = false;
/** The last valid name. */
let name = DEFAULT_NAME;
let typing: number | undefined;

/** `?name=show`, as the command prints it. */
function nameOfAddress(): string {
  const given = new URLSearchParams(window.location.search).get('name') ?? '';
  return isStreamName(given) ? given : DEFAULT_NAME;
}

/** Shows the typed name everywhere. An invalid name shows a message and keeps the last valid one. */
function followName(): void {
  const typed = nameInput.value.trim();
  const isValid = isStreamName(typed);
  nameInput.setAttribute('aria-invalid', String(!isValid));
  setText(nameNote, isValid ? setupWords.nameHint : setupWords.nameInvalid);
  if (isValid) name = typed;
  const facts = { name, server: serverSelect.value, info };
  encoders.show(facts);
  viewers.show(facts);
}

function watchName(): void {
  watch.watch(name);
  showStream();
}

/** The checklist and everything around it. */
function showStream(): void {
  const { status, isReachable, isClosed, nowMs, ...facts } = watch.facts;
  const isOn = status !== undefined && IS_ON.has(status.state);
  picture.show(isOn ? name : undefined);
  const latencyMs = picture.latencyMs();
  const waitedMs = status === undefined ? 0 : nowMs - status.since;
  steps.show(
    checklist({ isReachable, status, waitedMs, isPlaying: picture.isPlaying(), isClosed }),
    latencyMs === undefined ? '' : setupWords.checklist.behind(formatLatency(latencyMs)),
  );
  const isConnected = status !== undefined && HAS_ENCODER.has(status.state);
  rejected.show(
    shownRejections(facts.rejected, { name, nowMs, ...(isConnected ? { connectedAt: status.since } : {}) }),
  );
  issues.show(isOn ? facts.issues : [], facts.encoder);
  encoders.showReport(facts.testId === undefined ? undefined : testReportUrl(root, facts.testId));
  dashboard.hidden = !facts.isOperator;
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
    setText(version, info.version === '' ? '' : setupWords.version(info.version));
    setText(infoNote, '');
    offerServers();
  } catch {
    setText(infoNote, setupWords.infoFailed);
  }
}

async function refresh(): Promise<void> {
  if (document.visibilityState === 'visible') {
    showStream();
    void watch.ask();
    try {
      if (info === undefined) await loadInfo();
      streams.show(parseStreams(await fetchJson(`${root}api/v1/streams`, TIMEOUT_MS)));
    } catch {
      streams.show('failed');
    }
  }
  window.setTimeout(refresh, REFRESH_MS);
}

nameInput.addEventListener('input', () => {
  followName();
  window.clearTimeout(typing);
  typing = window.setTimeout(watchName, TYPING_MS);
});
serverSelect.addEventListener('change', () => {
  isServerChosen = true;
  followName();
});
dashboard.hidden = true;
infoNote.hidden = false;
document.body.append(
  element(
    'header',
    { class: 'top' },
    brandLink(root),
    element('nav', { class: 'top-side' }, version, dashboard),
  ),
  element(
    'main',
    { class: 'setup' },
    element(
      'section',
      { class: 'intro' },
      element('h1', {}, setupWords.tagline),
      element(
        'div',
        { class: 'fields' },
        element(
          'div',
          { class: 'field' },
          element('label', { for: 'name' }, setupWords.nameLabel),
          nameInput,
        ),
        serverField,
      ),
      nameNote,
      infoNote,
    ),
    streams.node,
    element('div', { class: 'connect' }, encoders.node, steps.node, viewers.node),
  ),
);
offerServers();
watchName();
void refresh();
