// Lists of a dashboard that stays open over midnight: what was today is yesterday, although nothing has happened since.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Their types need those of a browser.
const [EVENTS, REJECTED]: readonly string[] = ['event-list', 'rejected-list'].map(
  (name) => `../../../../web/dashboard/${name}.ts`,
);

const MIDNIGHT = new Date(2026, 4, 2).getTime();
const BEFORE = MIDNIGHT - 10 * 60_000;

/** The parts of an element that the lists need. */
class PlainElement extends EventTarget {
  hidden = false;
  children: (PlainElement | string)[] = [];
  parent: PlainElement | undefined;
  readonly dataset = {};
  readonly attributes = new Map<string, string>();

  get textContent(): string {
    return this.children.map((child) => (typeof child === 'string' ? child : child.textContent)).join('');
  }

  set textContent(text: string) {
    this.children = [text];
  }

  get firstElementChild(): PlainElement | string | null {
    return this.children[0] ?? null;
  }

  get nextElementSibling(): PlainElement | string | null {
    const siblings = this.parent?.children ?? [];
    return siblings[siblings.indexOf(this) + 1] ?? null;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: readonly (PlainElement | string)[]): void {
    for (const child of children) this.insertBefore(child, null);
  }

  insertBefore(child: PlainElement | string, next: PlainElement | string | null): void {
    if (typeof child !== 'string') child.parent = this;
    this.children.splice(next === null ? this.children.length : this.children.indexOf(next), 0, child);
  }

  replaceChildren(...children: readonly (PlainElement | string)[]): void {
    this.children = [];
    this.append(...children);
  }

  remove(): void {
    const siblings = this.parent?.children;
    siblings?.splice(siblings.indexOf(this), 1);
  }

  /** All texts of elements with this class. */
  textsOf(name: string): readonly string[] {
    const below = this.children.flatMap((child) => (typeof child === 'string' ? [] : child.textsOf(name)));
    return this.attributes.get('class') === name ? [this.textContent, ...below] : below;
  }
}

beforeAll(() => {
  vi.stubGlobal('HTMLElement', PlainElement);
  vi.stubGlobal('document', { createElement: () => new PlainElement(), activeElement: null });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

const WITH_DATE = /^May 1 23:50$/;

test('an event of yesterday has its date from midnight on', async () => {
  const { eventList } = await import(EVENTS ?? '');
  const list = eventList(() => undefined);
  const events = [{ t: BEFORE, type: 'live', text: 'live' }];
  const time = (): string => list.node.textsOf('event-time').join();
  list.show(events, BEFORE);
  list.show(events, MIDNIGHT - 1_000);
  expect(time()).toBe('23:50:00');
  list.show(events, MIDNIGHT);
  expect(time()).toMatch(WITH_DATE);
});

test('a refused publisher of yesterday has the date from midnight on', async () => {
  const { rejectedList } = await import(REJECTED ?? '');
  const list = rejectedList();
  const attempt = { t: BEFORE, code: 'unknown_key', reason: 'no', remoteAddress: '192.0.2.1' };
  const time = (): string | undefined => list.node.textsOf('number')[0];
  list.receive({ op: 'serverSnapshot', t: BEFORE, rejected: [attempt] });
  list.receive({ op: 'server', t: MIDNIGHT - 1_000 });
  expect(time()).toBe('23:50:00');
  list.receive({ op: 'server', t: MIDNIGHT });
  expect(time()).toMatch(WITH_DATE);
});

test('a refused publisher of the first second of a day has no date', async () => {
  const { rejectedList } = await import(REJECTED ?? '');
  const list = rejectedList();
  const attempt = { t: MIDNIGHT + 10, code: 'unknown_key', reason: 'no', remoteAddress: '192.0.2.1' };
  list.receive({ op: 'serverSnapshot', t: MIDNIGHT - 500, rejected: [] });
  list.receive({ op: 'rejected', rejected: attempt });
  expect(list.node.textsOf('number')[0]).toBe('00:00:00');
});
