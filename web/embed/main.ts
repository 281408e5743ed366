// The player without the page, for an iframe on another site. It must work in a sandboxed frame, which has no origin and
// no storage, so nothing here may need either.

import { LivePage } from '../live-page.ts';
import { element, setData } from '../page/element.ts';
import { messageCard } from '../page/message-card.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { streamNameFromPath } from '../page/stream-name.ts';
import { words } from '../page/words.ts';

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openEmbed(name);

function openEmbed(name: string): void {
  document.title = name;
  const page = new LivePage({
    name,
    query: parseQueryOptions('embed', window.location.search),
    keyScope: 'stage',
    topics: ['status'],
    onFacts: (facts) => setData(document.documentElement, 'state', facts.state),
  });
  document.body.append(
    element(
      'main',
      {},
      element('h1', { class: 'visually-hidden' }, words.player.region(name)),
      page.stage.node,
    ),
  );
  page.open();
}
