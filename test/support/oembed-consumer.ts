// A consumer of oEmbed by the rules of WordPress: it reads at most 150 KiB of a page, finds the links of discovery in its head,
// asks for JSON and then for XML, and keeps an iframe with few attributes only.

/** `limit_response_size` of the discovery. */
const MAX_PAGE_BYTES = 153_600;
const TYPES: Readonly<Record<string, 'json' | 'xml'>> = {
  'application/json+oembed': 'json',
  'text/xml+oembed': 'xml',
  'application/xml+oembed': 'xml',
};
/** Attributes of an iframe that survive for a provider that WordPress does not know. */
const KEPT = ['src', 'width', 'height', 'title', 'frameborder', 'marginwidth', 'marginheight', 'scrolling'];
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

export type OembedAnswer = Readonly<Record<string, string>>;

/** The endpoints that the head of a page names. */
export async function discoverOembed(
  page: string,
): Promise<{ readonly json?: string; readonly xml?: string }> {
  const bytes = Buffer.from(await (await fetch(page)).arrayBuffer()).subarray(0, MAX_PAGE_BYTES);
  const [head = ''] = bytes.toString('utf8').split('</head>');
  const found: { json?: string; xml?: string } = {};
  for (const [link] of head.matchAll(/<link[^<>]+>/gi)) {
    const { type = '', href = '' } = attributesOf(link);
    const format = TYPES[type];
    if (format !== undefined && href !== '') found[format] ??= href;
  }
  return found;
}

/** The answer of an endpoint; undefined where WordPress gives up. */
export async function fetchOembed(
  endpoint: string,
  format: 'json' | 'xml',
  { url, width, height }: { readonly url: string; readonly width: number; readonly height: number },
): Promise<OembedAnswer | undefined> {
  const address = new URL(endpoint);
  const query = { maxwidth: width, maxheight: height, url, dnt: 1, format };
  for (const [key, value] of Object.entries(query)) address.searchParams.set(key, String(value));
  const response = await fetch(address);
  if (!response.ok) return undefined;
  const text = await response.text();
  const fields = format === 'json' ? jsonFields(text) : xmlFields(text);
  return fields['type'] === 'video' && fields['html'] !== undefined ? fields : undefined;
}

/** The iframe as it ends up in a post. */
export function filteredFrame(html: string): Readonly<Record<string, string>> | undefined {
  const frame = /<iframe[^>]*><\/iframe>/.exec(html)?.[0];
  if (frame === undefined) return undefined;
  const kept = Object.entries(attributesOf(frame)).filter(([name]) => KEPT.includes(name));
  return { ...Object.fromEntries(kept), sandbox: 'allow-scripts' };
}

function attributesOf(tag: string): Record<string, string> {
  const pairs = [...tag.matchAll(/([a-z-]+)="([^"]*)"/gi)];
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name.toLowerCase(), decoded(value)]));
}

function jsonFields(text: string): Record<string, string> {
  const fields: unknown = JSON.parse(text);
  if (typeof fields !== 'object' || fields === null) throw new Error(`no JSON object: ${text}`);
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));
}

/** Flat elements in `<oembed>`. A document type is refused, as entities in it could do harm. */
function xmlFields(text: string): Record<string, string> {
  const body = /^<\?xml version="1\.0" encoding="utf-8"[^>]*\?>\s*<oembed>([\s\S]*)<\/oembed>\s*$/.exec(
    text,
  )?.[1];
  if (body === undefined || text.includes('<!DOCTYPE')) throw new Error(`no oEmbed document: ${text}`);
  const fields = [...body.matchAll(/<([a-z_]+)>([^<>]*)<\/\1>/g)];
  if (body.replaceAll(/<([a-z_]+)>[^<>]*<\/\1>/g, '').trim() !== '')
    throw new Error(`markup in a field: ${text}`);
  return Object.fromEntries(fields.map(([, key = '', value = '']) => [key, decoded(value)]));
}

function decoded(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_all, name: string) => ENTITIES[name] ?? '');
}
