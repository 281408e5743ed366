// What other sites read in the head of a watch page or an embed: oEmbed discovery (oembed.com, clause 4), Open Graph and Twitter
// cards. Filled once for each name and kept, so that a request renders nothing.

import { escapeMarkup } from './escape-markup.ts';

/** Pages of names that were asked for last; about 4 kB each. */
const MAX_KEPT = 1_000;
/** The built page has this title, and one image for cards. */
const TITLE = /<title>[^<]*<\/title>/;
const IMAGE = /<meta\s+property="og:image"\s+content="(?:[^"]*\/)?([^"/]+)"\s*\/?>\s*/;
/** Size of the built image. */
export const CARD_SIZE = { width: 1200, height: 630 } as const;

export type HeadFacts = {
  /** As publicRoot has it; undefined if no absolute address can be made. */
  readonly root: string | undefined;
  readonly name: string;
  /** Everybody who knows the name may watch. A stream that needs a token is not offered to other sites. */
  readonly isOpen: boolean;
};

/** One built page, with the heads of the names that were asked for. */
export class NamedPage {
  readonly #html: string;
  readonly #site: string;
  readonly #image: string | undefined;
  readonly #kept = new Map<string, Buffer>();

  /** `site`: the name of the gateway for its viewers. */
  constructor(html: string, site: string) {
    this.#site = site;
    this.#image = cardImage(html);
    this.#html = html.replace(IMAGE, '');
  }

  page(facts: HeadFacts): Buffer {
    const key = `${facts.isOpen ? 'open' : 'closed'} ${facts.root ?? ''} ${facts.name}`;
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const head = pageHead({ ...facts, site: this.#site }, this.#image);
    const page = Buffer.from(this.#html.replace(TITLE, () => head));
    this.#kept.set(key, page);
    const [oldest = ''] = this.#kept.keys();
    if (this.#kept.size > MAX_KEPT) this.#kept.delete(oldest);
    return page;
  }
}

/** The file name of the image for cards in a built page. */
export function cardImage(html: string): string | undefined {
  return IMAGE.exec(html)?.[1];
}

/** The title and everything that names this stream, as markup. */
function pageHead(
  { root, name, isOpen, site }: HeadFacts & { readonly site: string },
  image: string | undefined,
): string {
  const title = `${name} · ${site}`;
  const lines = [`<title>${escapeMarkup(title)}</title>`];
  if (root === undefined) return lines.join('');
  const watch = `${root}watch/${name}`;
  const description = isOpen
    ? `Watch ${name} live in the browser.`
    : 'This live stream needs a link with access.';
  lines.push(
    meta('name', 'description', description),
    link('canonical', watch),
    meta('property', 'og:site_name', site),
    meta('property', 'og:title', name),
    meta('property', 'og:description', description),
    meta('property', 'og:url', watch),
    meta('property', 'og:type', isOpen ? 'video.other' : 'website'),
    ...(image === undefined ? [] : imageTags(`${root}assets/${image}`, name)),
    meta('name', 'twitter:title', name),
    meta('name', 'twitter:description', description),
    ...(isOpen ? videoTags(root, name) : [meta('name', 'twitter:card', 'summary')]),
    ...(isOpen ? discoveryLinks(root, name) : []),
  );
  return lines.join('\n    ');
}

function imageTags(url: string, name: string): readonly string[] {
  return [
    meta('property', 'og:image', url),
    meta('property', 'og:image:width', String(CARD_SIZE.width)),
    meta('property', 'og:image:height', String(CARD_SIZE.height)),
    meta('property', 'og:image:alt', `Live: ${name}`),
    meta('name', 'twitter:image', url),
  ];
}

function videoTags(root: string, name: string): readonly string[] {
  const player = `${root}embed/${name}?autoplay=1`;
  const size = [
    ['width', '1280'],
    ['height', '720'],
  ] as const;
  return [
    meta('property', 'og:video', player),
    ...(root.startsWith('https:') ? [meta('property', 'og:video:secure_url', player)] : []),
    meta('property', 'og:video:type', 'text/html'),
    ...size.map(([side, pixels]) => meta('property', `og:video:${side}`, pixels)),
    meta('name', 'twitter:card', 'player'),
    meta('name', 'twitter:player', player),
    ...size.map(([side, pixels]) => meta('name', `twitter:player:${side}`, pixels)),
  ];
}

function discoveryLinks(root: string, name: string): readonly string[] {
  const address = encodeURIComponent(`${root}watch/${name}`);
  return (['json', 'xml'] as const).map((format) => {
    const type = format === 'json' ? 'application/json+oembed' : 'text/xml+oembed';
    return link('alternate', `${root}oembed?url=${address}&format=${format}`, {
      type,
      title: name,
    });
  });
}

function meta(kind: 'name' | 'property', key: string, content: string): string {
  return `<meta ${kind}="${key}" content="${escapeMarkup(content)}" />`;
}

function link(rel: string, href: string, others: Readonly<Record<string, string>> = {}): string {
  const more = Object.entries(others).map(([key, value]) => ` ${key}="${escapeMarkup(value)}"`);
  return `<link rel="${rel}" href="${escapeMarkup(href)}"${more.join('')} />`;
}
