// The player without the page, for an iframe on another site. It must work in a sandboxed frame, which has no origin and
// no storage, so nothing here may need either.

import { type LiveFacts, LivePage } from '../live-page.ts';
import { listenForTokens, tellDenied } from '../page/access-messages.ts';
import { takeTokenFrom } from '../page/access-token.ts';
import { element, setData } from '../page/element.ts';
import { messageCard } from '../page/message-card.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { streamNameFromPath } from '../page/stream-name.ts';
import { loadWords } from '../words/load-words.ts';
import { words } from '../words/stream.ts';
import { embedBar } from './embed-bar.ts';
import { linkPlayer, type PlayerLink } from './player-link.ts';

await loadWords(parseQueryOptions('embed', window.location.search).lang);

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openEmbed(name);

function openEmbed(name: string): void {
  takeTokenFrom(window.location.search);
  let told: string | undefined;
  let link: PlayerLink | undefined;
  document.title = name;
  const query = parseQueryOptions('embed', window.location.search);
  const onFacts = (facts: LiveFacts): void => {
    const { state, denial } = facts;
    setData(document.documentElement, 'state', state);
    const news = state === 'denied' ? denial : undefined;
    if (news !== undefined && news !== told) tellDenied(name, news, query.origin);
    told = news;
    link?.tell(facts);
  };
  const page = new LivePage({ name, query, keyScope: 'stage', topics: ['status'], onFacts });
  if (query.api && window.parent !== window) link = linkPlayer(page, name, query);
  const bar = embedBar(page.root, name, query);
  if (bar !== undefined) page.stage.node.append(bar);
  document.body.append(
    element(
      'main',
      {},
      element('h1', { class: 'visually-hidden' }, words.player.region(name)),
      page.stage.node,
    ),
  );
  listenForTokens((token) => page.setToken(token), query.origin);
  page.open();
  link?.open();
}
