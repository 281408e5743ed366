// Every address that the pages use, derived from the page's own address, so that a gateway under a prefix or behind TLS
// needs no setting.

/** The part of `window.location` that determines the addresses. */
export type PageLocation = { readonly protocol: string; readonly host: string; readonly pathname: string };

/** The gateway's root as an absolute address ending in `/`. */
export function gatewayRoot(location: PageLocation): string {
  const { protocol, host, pathname } = location;
  const underPage = /^(.*\/)(?:watch|embed)\/[^/]*\/?$/.exec(pathname)?.[1];
  const directory = underPage ?? pathname.slice(0, pathname.lastIndexOf('/') + 1);
  return `${protocol}//${host}${directory === '' ? '/' : directory}`;
}

/** `WS /ws/v1`: wss when the page was loaded over TLS, because a browser refuses ws there. */
export function socketUrl(root: string): string {
  return `${root.replace(/^http/, 'ws')}ws/v1`;
}

/** The stream's state in the API. */
export function statusUrl(root: string, name: string): string {
  return `${root}api/v1/streams/${encodeURIComponent(name)}`;
}

/** The watch page of `name`. */
export function watchUrl(root: string, name: string): string {
  return `${root}watch/${encodeURIComponent(name)}`;
}

/** The report about a publish with `?test=1`. */
export function testReportUrl(root: string, id: string): string {
  return `${root}tests/${encodeURIComponent(id)}`;
}

/** The player without the page, for an iframe. */
export function embedUrl(root: string, name: string): string {
  return `${root}embed/${encodeURIComponent(name)}`;
}

/** The multivariant playlist. */
export function playlistUrl(root: string, name: string): string {
  return `${root}live/${encodeURIComponent(name)}/index.m3u8`;
}

/**
 * The iframe to paste into another site. `allow` lists what a cross-origin frame may not do by default: autoplay, full
 * screen and picture-in-picture.
 */
export function embedSnippet(root: string, name: string): string {
  return (
    `<iframe src="${escapeAttribute(embedUrl(root, name))}" title="Live: ${escapeAttribute(name)}" loading="lazy" ` +
    'style="aspect-ratio:16/9;width:100%;border:0" ' +
    'allow="autoplay; fullscreen; picture-in-picture; encrypted-media" allowfullscreen ' +
    'referrerpolicy="strict-origin-when-cross-origin"></iframe>'
  );
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
