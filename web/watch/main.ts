// The watch page: plays by itself when the stream starts, and shows its state, numbers and links.

import { type LiveFacts, LivePage } from '../live-page.ts';
import { listenForTokens } from '../page/access-messages.ts';
import { takeTokenFrom } from '../page/access-token.ts';
import { brandLink, brandName } from '../page/brand.ts';
import { element, setData, setText } from '../page/element.ts';
import { formatDuration } from '../page/format.ts';
import { messageCard } from '../page/message-card.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { streamNameFromPath } from '../page/stream-name.ts';
import type { ViewState } from '../stage/stage-view.ts';
import { loadWords } from '../words/load-words.ts';
import { words } from '../words/stream.ts';
import { watchWords } from '../words/watch.ts';
import { shareDialog } from './share-dialog.ts';
import { StartNotice } from './start-notice.ts';
import { statsPanel } from './stats-panel.ts';

/** A new page asks for the password again, or finds that the link is valid now. */
const RELOAD_HELPS = new Set(['playback_token_expired', 'playback_token_not_yet']);

const HAS_VIEWERS: ReadonlySet<ViewState> = new Set([
  'connecting',
  'starting',
  'live',
  'stalled',
  'reconnecting',
  'unsupported',
]);

await loadWords(parseQueryOptions('watch', window.location.search).lang);

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openWatchPage(name);

function openWatchPage(name: string): void {
  takeTokenFrom(window.location.search);
  const stats = statsPanel();
  const heading = headingOf(name);
  const notice = new StartNotice(name);
  const reload = element('button', { type: 'button', class: 'card-button' }, watchWords.reload);
  reload.addEventListener('click', () => window.location.reload());
  const page = new LivePage({
    name,
    query: parseQueryOptions('watch', window.location.search),
    keyScope: 'page',
    topics: ['status', 'stream'],
    onFacts: (facts) => {
      heading.show(facts);
      notice.show(facts.state);
      reload.hidden = facts.state !== 'denied' || !RELOAD_HELPS.has(facts.denial ?? '');
      stats.show({
        numbers: facts.tick?.d,
        viewers: viewerCount(facts),
        latencyMs: facts.latencyMs,
        targetLatencyMs: facts.latencyMs === undefined ? undefined : facts.latencyTargetMs,
      });
    },
  });
  page.stage.cardActions.append(notice.button, reload);
  const share = shareDialog(name);
  document.body.append(
    element('header', { class: 'top' }, brandLink(page.root)),
    element(
      'main',
      { class: 'watch' },
      element(
        'div',
        { class: 'watch-main' },
        page.stage.node,
        element('div', { class: 'heading' }, ...heading.nodes, share.button),
      ),
      element('aside', { class: 'watch-side', 'aria-label': words.stats.heading }, stats.node),
      share.dialog,
    ),
  );
  listenForTokens((token) => page.setToken(token));
  page.open();
}

/** Name, state, viewers and age, and the title of the tab. */
function headingOf(name: string): {
  readonly nodes: readonly Node[];
  readonly show: (facts: LiveFacts) => void;
} {
  const pill = element('span', { class: 'pill' });
  const viewers = element('span', { class: 'viewers' });
  const uptime = element('span', { class: 'uptime' });
  const show = (facts: LiveFacts): void => {
    const count = viewerCount(facts);
    const hasStopped = facts.state === 'reconnecting' && facts.status?.reason?.kind === 'stopped';
    setText(pill, hasStopped ? words.pill.stopped : words.pill[facts.state]);
    setData(pill, 'state', facts.state);
    setText(viewers, count === undefined ? '' : words.viewers(count));
    const uptimeMs = facts.state === 'live' ? facts.tick?.d.uptimeMs : undefined;
    setText(uptime, uptimeMs === undefined ? '' : watchWords.uptime(formatDuration(uptimeMs)));
    const title = facts.state === 'live' ? `● ${words.live} ${name}` : `${name} – ${brandName()}`;
    if (document.title !== title) document.title = title;
    setData(document.documentElement, 'state', facts.state);
  };
  return { nodes: [element('h1', {}, name), pill, viewers, uptime], show };
}

/** Nobody watches a stream that is not there, and an old number would be wrong. */
function viewerCount(facts: LiveFacts): number | undefined {
  if (!HAS_VIEWERS.has(facts.state)) return undefined;
  return facts.tick?.d.viewers ?? facts.status?.viewers;
}
