// Reads the live edge of a media playlist (RFC 8216bis clause 4.4).

export type PlaylistEdge = {
  /** Media sequence number of the last complete segment; one less than the first's when there is none. */
  readonly lastMsn: number;
  /** Parts of the segment still growing. */
  readonly openParts: number;
  /** Every part listed, oldest first. */
  readonly partUris: readonly string[];
  /** Milliseconds of each. */
  readonly partsMs: readonly number[];
  /** Every complete segment listed, oldest first. */
  readonly segmentUris: readonly string[];
  readonly segmentsMs: readonly number[];
};

export function parsePlaylistEdge(text: string): PlaylistEdge {
  let firstMsn = 0;
  let openParts = 0;
  const partUris: string[] = [];
  const partsMs: number[] = [];
  const segmentUris: string[] = [];
  const segmentsMs: number[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) firstMsn = Number(line.slice(line.indexOf(':') + 1));
    else if (line.startsWith('#EXTINF:')) {
      segmentsMs.push(Number.parseFloat(line.slice(line.indexOf(':') + 1)) * 1000);
      openParts = 0;
    } else if (line.startsWith('#EXT-X-PART:')) {
      openParts += 1;
      const uri = /URI="([^"]*)"/.exec(line)?.[1];
      if (uri === undefined) continue;
      partUris.push(uri);
      partsMs.push(Number(/DURATION=([\d.]+)/.exec(line)?.[1] ?? Number.NaN) * 1000);
    } else if (line !== '' && !line.startsWith('#')) segmentUris.push(line);
  }
  const lastMsn = firstMsn + segmentsMs.length - 1;
  return { lastMsn, openParts, partUris, partsMs, segmentUris, segmentsMs };
}

/** Fetches the media playlist's address from a multivariant one, which the gateway holds until there is something to play. */
export async function mediaPlaylistUrl(httpUrl: string, name: string, token?: string): Promise<string> {
  const folder = token === undefined ? name : `${name}/t/${token}`;
  const url = `${httpUrl}/live/${folder}/index.m3u8`;
  const response = await fetch(url);
  const text = await response.text();
  const uri = text.split('\n').find((line) => line !== '' && !line.startsWith('#'));
  if (!response.ok || uri === undefined) throw new Error(`${url} answered ${response.status}: ${text}`);
  return new URL(uri, url).href;
}
