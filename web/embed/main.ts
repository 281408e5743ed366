// The player alone, for an iframe on another site. It has to live in a sandboxed frame, without an origin
// of its own and without storage, so nothing here may depend on either.
import { element, setData } from '../element.ts';
import { LivePage } from '../live-page.ts';
import { messageCard } from '../message-card.ts';
import { parsePlayerOptions } from '../player-options.ts';
import { streamNameFromPath } from '../stream-name.ts';
import { words } from '../words.ts';

const name = streamNameFromPath(window.location.pathname);
if (name === undefined) document.body.append(messageCard('invalid'));
else openEmbed(name);

function openEmbed(name: string): void {
  document.title = name;
  const page = new LivePage({
    name,
    player: parsePlayerOptions('embed', window.location.search),
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
