// All streams: the numbers of the gateway, a card for each stream, and rejected publishes.
import { element } from '../page/element.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { cardGrid } from './card-grid.ts';
import type { PageView } from './page-view.ts';
import { placeUrl } from './place.ts';
import { rejectedList } from './rejected-list.ts';
import { serverStrip } from './server-strip.ts';

export function homeView(root: string): PageView {
  const strip = serverStrip();
  const grid = cardGrid((name) => placeUrl(root, { name }), root);
  const rejected = rejectedList();
  return {
    node: element('div', { class: 'home' }, strip.node, grid.node, rejected.node),
    title: dashboardWords.title,
    receive: (message) => {
      rejected.receive(message);
      switch (message.op) {
        case 'streams':
          grid.show(message);
          strip.showLive(message.streams.filter(({ state }) => state === 'live').length);
          break;
        case 'serverSnapshot':
          strip.load(message);
          break;
        case 'server':
          strip.show(message.d);
          break;
        default:
      }
    },
    close: () => undefined,
  };
}
