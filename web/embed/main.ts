// The player without the page, for an iframe on another site. It must work in a sandboxed frame, which has no origin and
// no storage, so nothing here may need either.

import { LivePage } from '../live-page.ts';
import { listenForTokens, tellDenied } from '../page/access-messages.ts';
import { takeTokenFrom } from '../page/access-token.ts';
import { element, setData } from '../page/element.ts';
import { messageCard } from '../page/message-card.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { streamNameFromPath } from '../page/stream-name.ts';
import { words } from '../page/words.ts';

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openEmbed(name);

function openEmbed(name: string): void {
  takeTokenFrom(window.location.search);
  let told: string | undefined;
  document.title = name;
  const page = new LivePage({
    name,
    query: parseQueryOptions('embed', window.location.search),
    keyScope: 'stage',
    topics: ['status'],
    onFacts: ({ state, denial }) => {
      setData(document.documentElement, 'state', state);
      const news = state === 'denied' ? denial : undefined;
      if (news !== undefined && news !== told) tellDenied(name, news);
      told = news;
    },
  });
  document.body.append(
    element(
      'main',
      {},
      element('h1', { class: 'visually-hidden' }, words.player.region(name)),
      page.stage.node,
    ),
  );
  listenForTokens((token) => page.setToken(token));
  page.open();
}
