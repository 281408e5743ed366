// The watch page: plays by itself when the stream starts, and shows its state, numbers and links.
import { copyLine } from '../copy-button.ts';
import { element, setData, setText } from '../element.ts';
import { formatCount } from '../format.ts';
import { embedSnippet, gatewayRoot, playlistUrl, watchUrl } from '../gateway-urls.ts';
import { type LiveFacts, LivePage } from '../live-page.ts';
import { messageCard } from '../message-card.ts';
import { parsePlayerOptions } from '../player-options.ts';
import { statsPanel } from '../stats-panel.ts';
import { streamNameFromPath } from '../stream-name.ts';
import { words } from '../words.ts';
import { viewerSettings } from './viewer-settings.ts';

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openWatchPage(name);

function openWatchPage(name: string): void {
  const stats = statsPanel();
  const pill = element('span', { class: 'pill' });
  const viewers = element('span', { class: 'viewers' });

  const options = parsePlayerOptions('watch', window.location.search);
  const page = new LivePage({
    name,
    player: options,
    keyScope: 'page',
    topics: ['status', 'stream'],
    onFacts: (facts) => {
      showHeading(facts);
      settings.show();
      stats.show({
        numbers: facts.tick?.d,
        viewers: viewerCount(facts),
        latencyMs: facts.latencyMs,
        targetLatencyMs: facts.latencyMs === undefined ? undefined : facts.status?.targetLatencyMs,
      });
    },
  });

  const settings = viewerSettings({
    hasKeyboard: options.keyboard,
    setStable: (isWanted) => page.stage.setStable(isWanted),
  });
  const showHeading = (facts: LiveFacts): void => {
    const count = viewerCount(facts);
    setText(pill, words.pill[facts.state]);
    setData(pill, 'state', facts.state);
    setText(viewers, count === undefined ? '' : words.viewers(count, formatCount(count)));
    const title = facts.state === 'live' ? `● ${words.live} ${name}` : name;
    if (document.title !== title) document.title = title;
    setData(document.documentElement, 'state', facts.state);
  };

  document.body.append(
    element('header', { class: 'top' }, element('a', { class: 'brand', href: page.root }, words.product)),
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
  page.open();
}

function viewerCount(facts: LiveFacts): number | undefined {
  return facts.tick?.d.viewers ?? facts.status?.viewers;
}

function sharePanel(name: string): HTMLElement {
  const root = gatewayRoot(window.location);
  return element(
    'section',
    { class: 'panel', 'aria-label': words.share.heading },
    element('h2', {}, words.share.heading),
    copyLine(words.share.watch, watchUrl(root, name)).node,
    copyLine(words.share.embed, embedSnippet(root, name)).node,
    copyLine(words.share.hls, playlistUrl(root, name)).node,
  );
}
