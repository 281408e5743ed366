// What happened to a stream within the last hour, the newest first. An event that is pressed shows its moment in all charts.
import type { StreamHappening } from '../../server/stats/operator-message.ts';
import { eventText } from '../doctor/issue-text.ts';
import { element, setText } from '../page/element.ts';
import { readableMedia } from '../page/readable-media.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { formatDay, formatMoment } from './figures.ts';
import { longList } from './long-list.ts';
import { placeItems } from './place-items.ts';

const { events: text } = dashboardWords;

const SHOWN = 10;

export type EventList = {
  readonly node: HTMLElement;
  /** The newest first. `nowMs` is the gateway's time. */
  readonly show: (events: readonly StreamHappening[], nowMs: number) => void;
};

export function eventList(onChoose: (t: number) => void): EventList {
  let latest: readonly StreamHappening[] = [];
  let now = 0;
  const items = element('ol', { class: 'events' });
  const note = element('p', { class: 'hint' }, text.none);
  /** An event keeps its item, and with it the focus. */
  const known = new Map<StreamHappening, EventItem>();
  const draw = (): void => {
    for (const event of known.keys()) if (!latest.includes(event)) known.delete(event);
    const shown = list.visible(latest).map((event) => {
      const item = known.get(event) ?? itemOf(event, onChoose);
      known.set(event, item);
      // One of yesterday has its date.
      setText(item.time, formatMoment(event.t, now));
      return item.node;
    });
    placeItems(items, shown);
    setText(note, latest.length === 0 ? text.none : text.hint);
  };
  const list = longList<StreamHappening>({
    limit: SHOWN,
    more: text.more,
    fewer: text.fewer,
    onChange: draw,
  });
  draw();
  return {
    node: element(
      'section',
      { class: 'panel timeline', 'aria-labelledby': 'timeline-heading' },
      element('div', { class: 'panel-top' }, element('h2', { id: 'timeline-heading' }, text.heading)),
      note,
      items,
      list.button,
    ),
    show: (events, nowMs) => {
      const hasSameDay = formatDay(nowMs) === formatDay(now);
      now = nowMs;
      if (hasSameDay && events.length === latest.length && events[0] === latest[0]) return;
      latest = events;
      draw();
    },
  };
}

type EventItem = { readonly node: HTMLElement; readonly time: HTMLElement };

function itemOf(event: StreamHappening, onChoose: (t: number) => void): EventItem {
  const { t, type } = event;
  const time = element('span', { class: 'event-time' });
  const button = element(
    'button',
    { type: 'button', class: 'event', 'data-type': type },
    time,
    element('span', { class: 'event-text' }, readableMedia(eventText(event))),
  );
  button.addEventListener('click', () => onChoose(t));
  return { node: element('li', {}, button), time };
}
