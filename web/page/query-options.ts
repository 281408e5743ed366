// What a page's query may say about its player: `?autoplay=1&muted=0&controls=0`.
// Names and values ignore case, unknown names are ignored, a value that means nothing leaves the default.

export type QueriedPage = 'watch' | 'embed';

export type QueryOptions = {
  /** Start as soon as the stream is live. */
  readonly autoplay: boolean;
  /** Start without sound. */
  readonly muted: boolean;
  /** Show the control bar. */
  readonly controls: boolean;
  /** Single-key shortcuts. */
  readonly keyboard: boolean;
};

const ON = new Set(['', '1', 'true', 'yes', 'on']);
const OFF = new Set(['0', 'false', 'no', 'off']);

/**
 * Options of `page` from its query string. The watch page plays by itself, with sound where the browser
 * allows; an embed waits for a click, and when told to autoplay it is muted unless `muted=0`.
 */
export function parseQueryOptions(page: QueriedPage, search: string): QueryOptions {
  const flags = new Map<string, boolean>();
  for (const [key, value] of new URLSearchParams(search)) {
    const flag = parseFlag(value);
    const name = key.toLowerCase();
    if (flag !== undefined && !flags.has(name)) flags.set(name, flag);
  }
  const autoplay = flags.get('autoplay') ?? page === 'watch';
  return {
    autoplay,
    muted: flags.get('muted') ?? (page === 'embed' && autoplay),
    controls: flags.get('controls') ?? true,
    keyboard: flags.get('keyboard') ?? true,
  };
}

function parseFlag(value: string): boolean | undefined {
  const word = value.trim().toLowerCase();
  if (ON.has(word)) return true;
  if (OFF.has(word)) return false;
  return undefined;
}
