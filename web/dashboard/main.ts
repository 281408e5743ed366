// The dashboard: what comes in and how it is watched, for the operators of the gateway. One page shows all streams or one.
import { brandLink, brandName } from '../page/brand.ts';
import { element, setData, setText } from '../page/element.ts';
import { fetchJson } from '../page/fetch-json.ts';
import { type GatewayInfo, parseInfo } from '../page/gateway-info.ts';
import { socketUrl } from '../page/gateway-urls.ts';
import { parseQueryOptions } from '../page/query-options.ts';
import { dashboardWords } from '../words/dashboard.ts';
import { loadWords } from '../words/load-words.ts';
import { accessForm } from './access-form.ts';
import { ApiProblem } from './api-problem.ts';
import { homeView } from './home-view.ts';
import { OperatorApi } from './operator-api.ts';
import { OperatorFeed } from './operator-feed.ts';
import { adminToken, keepAdminToken } from './operator-token.ts';
import type { PageView } from './page-view.ts';
import { placeOf, placeUrl, rootOfScript } from './place.ts';
import { streamView } from './stream-view.ts';

const INFO_TIMEOUT_MS = 8_000;
/** Between attempts while the gateway cannot be reached. */
const RETRY_MS = 3_000;

await loadWords(parseQueryOptions('watch', window.location.search).lang);

const script = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
const root = rootOfScript(script?.src ?? window.location.href);
const api = new OperatorApi(root);
const main = element('main', { id: 'content', tabindex: '-1' });
const version = element('span', { class: 'version' });
const link = element('span', { class: 'link-state', role: 'status' });
const signOut = element('button', { type: 'button', class: 'quiet-button' }, dashboardWords.signOut);
const home = element('a', { href: placeUrl(root, { name: undefined }) }, dashboardWords.title);
const form = accessForm(api, (token) => {
  keepAdminToken(token);
  enter();
});

let view: PageView | undefined;
let info: GatewayInfo | undefined;

const feed = new OperatorFeed(socketUrl(root), {
  onMessage: (message) => {
    showLink('live');
    view?.receive(message);
  },
  onLink: (isUp) => showLink(isUp ? 'connecting' : 'lost'),
  onRefused: askForToken,
});

function showLink(state: keyof typeof dashboardWords.link): void {
  setText(link, dashboardWords.link[state]);
  setData(link, 'link', state);
}

/** Dialogs about what is no longer shown: one that stays open would cover the token's form, and keep the focus from it. */
function closeDialogs(): void {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
}

/** Shows the place of the address. */
function enter(): void {
  closeDialogs();
  const { name } = placeOf(root, window.location.href);
  view?.close();
  view = name === undefined ? homeView(root) : streamView({ root, name, api, info: () => info });
  document.title = `${view.title} · ${brandName()}`;
  if (name === undefined) home.setAttribute('aria-current', 'page');
  else home.removeAttribute('aria-current');
  main.replaceChildren(view.node);
  link.hidden = false;
  signOut.hidden = adminToken() === undefined;
  feed.show(name);
}

/** The gateway refuses the token, or wants one. */
function askForToken(code: string, detail: string): void {
  feed.stop();
  closeDialogs();
  view?.close();
  view = undefined;
  const hadToken = adminToken() !== undefined;
  keepAdminToken(undefined);
  signOut.hidden = true;
  link.hidden = true;
  document.title = `${dashboardWords.title} · ${brandName()}`;
  main.replaceChildren(form.node);
  // Nobody has entered anything yet: the form itself says what is needed.
  if (hadToken || code !== 'admin_token_needed') form.explain(code, detail);
  form.node.querySelector('input')?.focus();
}

/** Shows a place that a link of this page leads to, and keeps the connection. */
function goTo(href: string): void {
  window.history.pushState(undefined, '', href);
  enter();
  window.scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

async function start(): Promise<void> {
  showLink('connecting');
  try {
    await api.check(adminToken());
    enter();
  } catch (error) {
    if (error instanceof ApiProblem && error.isRefusal) return askForToken(error.code, error.message);
    showLink('lost');
    window.setTimeout(start, RETRY_MS);
  }
}

async function loadInfo(): Promise<void> {
  try {
    info = parseInfo(await fetchJson(`${root}api/v1/info`, INFO_TIMEOUT_MS));
    setText(version, info.version === '' ? '' : dashboardWords.version(info.version));
  } catch {
    // The links then have this page's address.
  }
}

document.addEventListener('click', (event) => {
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  const target = event.target instanceof Element ? event.target.closest('a[data-place]') : null;
  if (!isPlain || !(target instanceof HTMLAnchorElement) || event.defaultPrevented) return;
  event.preventDefault();
  goTo(target.href);
});
window.addEventListener('popstate', () => {
  if (view !== undefined) enter();
});
signOut.addEventListener('click', () => {
  keepAdminToken(undefined);
  window.location.assign(placeUrl(root, { name: undefined }));
});
home.dataset['place'] = '';
document.body.append(
  element('a', { class: 'skip', href: '#content' }, dashboardWords.skip),
  element(
    'header',
    { class: 'top' },
    element('nav', { class: 'top-place', 'aria-label': dashboardWords.title }, brandLink(root), home),
    element('div', { class: 'top-state' }, link, version, signOut),
  ),
  main,
);
// Its address is relative, and the page's own address changes.
for (const icon of document.querySelectorAll<HTMLLinkElement>('link[rel="icon"]'))
  icon.href = String(icon.href);
signOut.hidden = true;
void loadInfo();
void start();
