// The player options in a page's query: `?autoplay=1&muted=0&controls=0`. Case is ignored, unknown names are ignored, and
// an unknown value keeps the default.

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
  /** Show the statistics of playback from the start. */
  readonly stats: boolean;
};

const ON = new Set(['', '1', 'true', 'yes', 'on']);
const OFF = new Set(['0', 'false', 'no', 'off']);

/**
 * The options of `page` from its query string. The watch page starts by itself, with sound if the browser allows it. An
 * embed waits for a click. An embed with autoplay is muted unless `muted=0`.
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
    stats: flags.get('stats') ?? false,
  };
}

function parseFlag(value: string): boolean | undefined {
  const word = value.trim().toLowerCase();
  if (ON.has(word)) return true;
  if (OFF.has(word)) return false;
  return undefined;
}
