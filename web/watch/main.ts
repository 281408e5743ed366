// The watch page: plays by itself when the stream starts, and shows its state, numbers and links.

import { type LiveFacts, LivePage } from '../live-page.ts';
import { listenForTokens } from '../page/access-messages.ts';
import { takeTokenFrom } from '../page/access-token.ts';
import { brandLink } from '../page/brand.ts';
import { copyLine } from '../page/copy-button.ts';
import { element, setData, setText } from '../page/element.ts';
import { fetchJson } from '../page/fetch-json.ts';
import { formatCount } from '../page/format.ts';
import { type GatewayInfo, isOnlyHere, parseInfo, shareRoot } from '../page/gateway-info.ts';
import { embedSnippet, gatewayRoot, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { messageCard } from '../page/message-card.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { streamNameFromPath } from '../page/stream-name.ts';
import { isStable } from '../page/viewer-choices.ts';
import { words } from '../page/words.ts';
import { statsPanel } from './stats-panel.ts';
import { viewerSettings } from './viewer-settings.ts';

const INFO_TIMEOUT_MS = 8_000;

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openWatchPage(name);

function openWatchPage(name: string): void {
  takeTokenFrom(window.location.search);
  const stats = statsPanel();
  const pill = element('span', { class: 'pill' });
  const viewers = element('span', { class: 'viewers' });

  const query = parseQueryOptions('watch', window.location.search);
  const page = new LivePage({
    name,
    query,
    keyScope: 'page',
    topics: ['status', 'stream'],
    onFacts: (facts) => {
      showHeading(facts);
      settings.show();
      stats.show({
        numbers: facts.tick?.d,
        viewers: viewerCount(facts),
        latencyMs: facts.latencyMs,
        // Stable mode has its own distance.
        targetLatencyMs:
          facts.latencyMs === undefined || isStable() ? undefined : facts.status?.targetLatencyMs,
      });
    },
  });

  const settings = viewerSettings({
    hasKeyboard: query.keyboard,
    setStable: (isWanted) => page.stage.setStable(isWanted),
  });
  const showHeading = (facts: LiveFacts): void => {
    const count = viewerCount(facts);
    const hasStopped = facts.state === 'reconnecting' && facts.status?.reason?.kind === 'stopped';
    setText(pill, hasStopped ? words.pill.stopped : words.pill[facts.state]);
    setData(pill, 'state', facts.state);
    setText(viewers, count === undefined ? '' : words.viewers(count, formatCount(count)));
    const title = facts.state === 'live' ? `● ${words.live} ${name}` : name;
    if (document.title !== title) document.title = title;
    setData(document.documentElement, 'state', facts.state);
  };

  document.body.append(
    element('header', { class: 'top' }, brandLink(page.root)),
    element(
      'main',
      { class: 'watch' },
      element(
        'div',
        { class: 'watch-main' },
        page.stage.node,
        element('div', { class: 'heading' }, element('h1', {}, name), pill, viewers),
        sharePanel(name),
        settings.node,
      ),
      element('aside', { class: 'watch-side' }, stats.node),
    ),
  );
  listenForTokens((token) => page.setToken(token));
  page.open();
}

function viewerCount(facts: LiveFacts): number | undefined {
  return facts.tick?.d.viewers ?? facts.status?.viewers;
}

/** If others can use this page's address, the links are correct immediately; otherwise the gateway names one. */
function sharePanel(name: string): HTMLElement {
  const root = gatewayRoot(window.location);
  const watch = copyLine(words.share.watch);
  const embed = copyLine(words.share.embed);
  const hls = copyLine(words.share.hls);
  const note = element('p', { class: 'hint' });
  const show = (info: GatewayInfo | undefined): void => {
    const shared = shareRoot(root, info);
    watch.set(watchUrl(shared, name));
    embed.set(embedSnippet(shared, name));
    hls.set(playlistUrl(shared, name));
    note.hidden = info === undefined || !isOnlyHere(shared);
  };
  setText(note, words.share.onlyHere);
  show(undefined);
  fetchJson(`${root}api/v1/info`, INFO_TIMEOUT_MS).then(
    (body) => show(parseInfo(body)),
    () => undefined, // this page's address is already shown
  );
  return element(
    'section',
    { class: 'panel', 'aria-label': words.share.heading },
    element('h2', {}, words.share.heading),
    note,
    watch.node,
    embed.node,
    hls.node,
  );
}
