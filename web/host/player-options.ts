// What a site may say about the player that it embeds, and the address that follows from it.

import { isStreamName } from '../page/stream-name.ts';

export type PlayerOptions = {
  /** Address of the gateway, such as `https://live.example.org` or `https://example.org/tv`. */
  readonly src: string;
  /** Name of the stream. */
  readonly name: string;
  readonly autoplay?: boolean;
  /** With autoplay the player starts muted, unless this is false. */
  readonly muted?: boolean;
  /** False: without sound, and without a button for it. */
  readonly sound?: boolean;
  readonly controls?: boolean;
  readonly keyboard?: boolean;
  readonly pip?: boolean;
  readonly dvr?: boolean;
  readonly branding?: boolean;
  /** The line at the top: false for none, or a text. */
  readonly title?: boolean | string;
  /** `#ff8800` or `ff8800`. */
  readonly accent?: string;
  readonly theme?: 'auto' | 'dark' | 'light';
  readonly fit?: 'contain' | 'cover';
  readonly lang?: string;
  readonly captions?: boolean | string;
  readonly latency?: 'low' | 'normal' | 'max';
  /** For a signed stream. */
  readonly token?: string;
  /** Asked for another token when the stream refuses the viewer, or no longer accepts the token. */
  readonly getToken?: TokenSource;
};

/** Undefined if there is none. */
export type TokenSource = (denied: {
  readonly name: string;
  readonly code: string;
}) => Promise<string | undefined> | string | undefined;

/** The options that are part of the address. */
export const ADDRESS_OPTIONS = [
  'autoplay',
  'muted',
  'sound',
  'controls',
  'keyboard',
  'pip',
  'dvr',
  'branding',
  'title',
  'accent',
  'theme',
  'fit',
  'lang',
  'captions',
  'latency',
  'token',
] as const satisfies readonly (keyof PlayerOptions)[];

/** The address of the embed. Throws a sentence if `src` is no address or `name` no name of a stream. */
export function embedAddress(options: PlayerOptions, base?: string): string {
  const { src, name } = options;
  // An address of another kind, such as `javascript:`, would run in the site's own page.
  if (!URL.canParse(src, base) || !/^https?:$/.test(new URL(src, base).protocol))
    throw new Error(`sluice: src must be the address of a gateway, not ${JSON.stringify(src)}`);
  if (!isStreamName(name))
    throw new Error(
      `sluice: ${JSON.stringify(name)} is not a stream name: 1 to 64 letters, digits, "-" or "_"`,
    );
  const url = new URL(src, base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/embed/${name}`;
  url.search = '';
  url.hash = '';
  for (const option of ADDRESS_OPTIONS) {
    const value = options[option];
    if (value === undefined) continue;
    const text = typeof value === 'boolean' ? (value ? '1' : '0') : value;
    url.searchParams.set(option, option === 'accent' ? text.replace('#', '') : text);
  }
  return url.href;
}
