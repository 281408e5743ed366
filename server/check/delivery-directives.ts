// Requests that a server must refuse or answer at once, each sent once (RFC 8216bis 6.2.5).

import type { Tell } from './findings.ts';
import type { HttpClient, Outcome } from './http-client.ts';
import { checkErrorHeaders } from './http-rules.ts';
import { closedSegments, type MediaPlaylist, nextPosition } from './media-playlist.ts';

/** How late an "immediate" answer may be, without the network. */
export const AT_ONCE_MS = 1_500;
/** Beyond any Advance Part Limit. */
const FAR_SEGMENTS = 1_000;
/** A name that no segment has. */
const NO_SUCH_FILE = 'no-such-file-0.m4s';

/** The URL with directives, sorted by name (6.2.5). */
export function withDirectives(
  url: string,
  directives: { readonly msn?: number; readonly part?: number; readonly skip?: boolean },
): string {
  const target = new URL(url);
  if (directives.msn !== undefined) target.searchParams.set('_HLS_msn', String(directives.msn));
  if (directives.part !== undefined) target.searchParams.set('_HLS_part', String(directives.part));
  if (directives.skip === true) target.searchParams.set('_HLS_skip', 'YES');
  return target.href;
}

/** Requests invalid positions, the past, and media that does not exist. */
export async function probeDirectives(
  client: HttpClient,
  playlist: MediaPlaylist,
  timeoutMs: number,
  tell: Tell,
): Promise<void> {
  const { url } = playlist;
  const ask = (directives: Parameters<typeof withDirectives>[1]): Promise<Outcome> =>
    client.get(withDirectives(url, directives), { timeoutMs });
  const missing = client.get(new URL(NO_SUCH_FILE, url).href, { timeoutMs });
  if (playlist.serverControl?.canBlockReload === true) {
    const far = nextPosition(playlist).msn + FAR_SEGMENTS;
    const past = closedSegments(playlist).at(-1)?.msn;
    const [partAlone, farAhead, behind] = await Promise.all([
      ask({ part: 0 }),
      ask({ msn: far }),
      past === undefined ? undefined : ask({ msn: past }),
    ]);
    if (!isRefusal(partAlone)) tell('directive_accepted', `_HLS_part=0 alone: ${told(partAlone)}`, { url });
    if (!isRefusal(farAhead)) tell('far_directive_held', `_HLS_msn=${far}: ${told(farAhead)}`, { url });
    if (behind?.kind === 'failed')
      tell('past_directive_held', `_HLS_msn=${past}, which is listed: ${behind.reason}`, { url });
  }
  const answer = await missing;
  if (answer.kind === 'answered' && answer.status >= 400) checkErrorHeaders(answer, tell);
}

/** Media that has just left the playlist must still be available (6.2.2). */
export async function probeRemoved(
  client: HttpClient,
  removed: { readonly url: string; readonly name: string },
  tell: Tell,
): Promise<void> {
  const outcome = await client.get(removed.url);
  if (outcome.kind !== 'answered' || outcome.status < 400) return;
  tell('removed_media_gone', `${removed.name} has just left the playlist: ${told(outcome)}`, {
    url: removed.url,
  });
}

function isRefusal(outcome: Outcome): boolean {
  return outcome.kind === 'cancelled' || (outcome.kind === 'answered' && outcome.status >= 400);
}

function told(outcome: Outcome): string {
  if (outcome.kind === 'answered') return `status ${outcome.status}`;
  return outcome.kind === 'failed' ? outcome.reason : 'no answer';
}
