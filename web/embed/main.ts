// The player alone, for an iframe on another site. It has to live in a sandboxed frame, without an origin
// of its own and without storage, so nothing here may depend on either.
import { setData } from '../element.ts';
import { LivePage } from '../live-page.ts';
import { messageCard } from '../message-card.ts';
import { parsePlayerOptions } from '../player-options.ts';
import { streamNameFromPath } from '../stream-name.ts';

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
  document.body.append(page.stage.node);
  page.open();
}
