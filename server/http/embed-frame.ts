// The iframe of a stream for other sites, as oEmbed sends it.

import { escapeMarkup } from './escape-markup.ts';

/** What a frame of another site may not do by default. The same as in web/page/gateway-urls.ts. */
const ALLOW = 'autoplay; fullscreen; picture-in-picture; encrypted-media';
const DEFAULT_WIDTH = 640;
const ASPECT = 16 / 9;

export type FrameSize = { readonly width: number; readonly height: number };

/** 16:9, as wide as it may be, but not wider than 640 if no limit is given. */
export function frameSize(maxWidth: number | undefined, maxHeight: number | undefined): FrameSize {
  const wanted = maxWidth ?? (maxHeight === undefined ? DEFAULT_WIDTH : Math.round(maxHeight * ASPECT));
  const width = Math.min(wanted, maxHeight === undefined ? wanted : Math.round(maxHeight * ASPECT));
  const height = Math.min(Math.round(width / ASPECT), maxHeight ?? Number.POSITIVE_INFINITY);
  return { width: Math.max(1, width), height: Math.max(1, height) };
}

export function embedFrame(root: string, name: string, { width, height }: FrameSize): string {
  return (
    `<iframe src="${escapeMarkup(`${root}embed/${name}`)}" title="Live: ${escapeMarkup(name)}" ` +
    // Sites remove styles and permissions from frames of unknown providers, but keep these two.
    `width="${width}" height="${height}" loading="lazy" style="border:0" ` +
    `allow="${ALLOW}" allowfullscreen referrerpolicy="strict-origin-when-cross-origin"></iframe>`
  );
}
