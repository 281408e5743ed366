// Where the page is: the gateway's root and the shown stream. `/dashboard` and `/dashboard/NAME` are one page, so that the
// connection stays when a card is opened.
import { withLanguage } from '../page/carried-language.ts';
import { isStreamName } from '../page/stream-name.ts';

/** The shown stream; undefined for all streams, and for a name that is not valid. */
export type Place = { readonly name: string | undefined };

/**
 * The gateway's root, from the address of this page's script, which is in the folder `assets`. The page's own address does
 * not say it: `/dashboard/dashboard` may be a stream, or a gateway below a prefix.
 */
export function rootOfScript(scriptUrl: string): string {
  return new URL('../', scriptUrl).href;
}

/** The place that an address of the page names. */
export function placeOf(root: string, href: string): Place {
  const path = new URL(href).pathname.slice(new URL(root).pathname.length);
  const name = /^dashboard\/([^/]+)\/?$/.exec(path)?.[1];
  return { name: name !== undefined && isStreamName(name) ? name : undefined };
}

/** The address of a place. */
export function placeUrl(root: string, { name }: Place): string {
  return withLanguage(`${root}dashboard${name === undefined ? '' : `/${encodeURIComponent(name)}`}`);
}
