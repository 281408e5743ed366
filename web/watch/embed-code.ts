// The code to paste into another site, with the viewer's options, and the address of its preview.
import { embedUrl } from '../page/gateway-urls.ts';
import type { Language } from '../words/language.ts';

export const EMBED_SIZES = {
  responsive: undefined,
  small: { width: 560, height: 315 },
  medium: { width: 854, height: 480 },
  large: { width: 1280, height: 720 },
} as const;

export type EmbedOptions = {
  readonly autoplay: boolean;
  readonly muted: boolean;
  readonly size: keyof typeof EMBED_SIZES;
  /** Undefined: the language of each viewer's browser. */
  readonly lang?: Language | undefined;
};

/** Address of the player. Only options that differ from its defaults are in the query. */
export function embedAddress(root: string, name: string, options: EmbedOptions): string {
  const { autoplay, muted, lang } = options;
  const query = new URLSearchParams();
  if (autoplay) query.set('autoplay', '1');
  // A player that starts by itself is muted unless the query says otherwise.
  if (muted !== autoplay) query.set('muted', muted ? '1' : '0');
  if (lang !== undefined) query.set('lang', lang);
  const text = query.toString();
  return `${embedUrl(root, name)}${text === '' ? '' : `?${text}`}`;
}

/** `allow` lists what a frame of another site may not do by default: autoplay, full screen and picture-in-picture. */
export function embedCode(root: string, name: string, options: EmbedOptions): string {
  const size = EMBED_SIZES[options.size];
  const shape =
    size === undefined
      ? 'style="aspect-ratio:16/9;width:100%;border:0"'
      : `width="${size.width}" height="${size.height}" style="border:0"`;
  return (
    `<iframe src="${escapeAttribute(embedAddress(root, name, options))}" title="Live: ${escapeAttribute(name)}" ` +
    `loading="lazy" ${shape} allow="autoplay; fullscreen; picture-in-picture; encrypted-media" allowfullscreen ` +
    'referrerpolicy="strict-origin-when-cross-origin"></iframe>'
  );
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
