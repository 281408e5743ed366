// EXT-X-RENDITION-REPORT against the renditions themselves (RFC 8216bis 4.4.5.4, appendix B.1).

import type { LineTell } from './attribute-list.ts';
import { type MediaPlaylist, nextPosition } from './media-playlist.ts';

/** A rendition that is followed. */
type Followed = { readonly url: string; readonly playlist: MediaPlaylist | undefined };

/** Renditions are read in sequence, so they may differ by one segment. */
const MAX_SEGMENTS_APART = 2;

export function checkReports(own: Followed, others: readonly Followed[], tell: LineTell): void {
  const { playlist } = own;
  if (playlist === undefined || playlist.hasEnded || playlist.partTarget === undefined) return;
  for (const other of others) {
    const theirs = other.playlist;
    if (theirs === undefined || theirs.partTarget === undefined) continue;
    const report = playlist.reports.find(({ url }) => url === theirs.url || url === other.url);
    if (report === undefined) {
      tell('rendition_report_missing', `${other.url} is not reported`);
      continue;
    }
    // 4.4.5.4: omitted attributes equal those of this playlist.
    const edge = nextPosition(playlist);
    const lastMsn = report.lastMsn ?? (edge.part === 0 ? edge.msn - 1 : edge.msn);
    const actual = theirs.segments.at(-1)?.msn ?? lastMsn;
    if (Math.abs(actual - lastMsn) > MAX_SEGMENTS_APART)
      tell('rendition_report_wrong', `LAST-MSN is ${lastMsn}, the rendition is at ${actual}`, report.line);
  }
}
