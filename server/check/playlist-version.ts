// EXT-X-VERSION against the tags that a playlist uses (RFC 8216bis clause 8).

import type { Line, LineTell } from './attribute-list.ts';

/** The lowest version for a line. EXT-X-GAP and the low-latency tags need none (clause 8 names only EXT-X-SKIP). */
function versionFor(text: string, isIFramesOnly: boolean): number {
  if (/^#EXTINF:\d+\.\d/.test(text)) return 3;
  if (/^#EXT-X-(?:BYTERANGE:|I-FRAMES-ONLY)/.test(text)) return 4;
  if (text.startsWith('#EXT-X-KEY:')) {
    if (/METHOD=SAMPLE-AES|KEYFORMAT/.test(text)) return 5;
    return text.includes('IV=') ? 2 : 1;
  }
  if (text.startsWith('#EXT-X-MAP:')) return isIFramesOnly ? 5 : 6;
  if (/^#EXT-X-MEDIA:.*INSTREAM-ID="SERVICE/.test(text)) return 7;
  if (text.startsWith('#EXT-X-DEFINE:')) return text.includes('QUERYPARAM=') ? 11 : 8;
  if (text.startsWith('#EXT-X-SKIP:')) return text.includes('RECENTLY-REMOVED-DATERANGES') ? 10 : 9;
  return /^#EXT-X-(?:I-FRAME-)?STREAM-INF:.*\bREQ-/.test(text) ? 12 : 1;
}

/** Reports the line that needs the highest version, if the playlist's version is lower. */
export function checkVersion(
  lines: readonly Line[],
  version: number,
  isIFramesOnly: boolean,
  tell: LineTell,
): void {
  let worst: { needed: number; line: Line } | undefined;
  for (const line of lines) {
    const needed = versionFor(line.text, isIFramesOnly);
    if (needed > version && needed > (worst?.needed ?? 0)) worst = { needed, line };
  }
  if (worst === undefined) return;
  const tag = worst.line.text.split(':')[0];
  tell('version_too_low', `EXT-X-VERSION is ${version}; ${tag} needs ${worst.needed}`, worst.line);
}
