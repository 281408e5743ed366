// Reads the live edge of a media playlist (RFC 8216bis clause 4.4).

export type PlaylistEdge = {
  /** Media sequence number of the last complete segment; one less than the first's when there is none. */
  readonly lastMsn: number;
  /** Parts of the segment still growing. */
  readonly openParts: number;
  /** Every part listed, oldest first. */
  readonly partUris: readonly string[];
  readonly lastSegmentUri: string | undefined;
};

export function parsePlaylistEdge(text: string): PlaylistEdge {
  let firstMsn = 0;
  let segments = 0;
  let openParts = 0;
  let lastSegmentUri: string | undefined;
  const partUris: string[] = [];
  for (const line of text.split('\n')) {
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) firstMsn = Number(line.slice(line.indexOf(':') + 1));
    else if (line.startsWith('#EXTINF:')) {
      segments += 1;
      openParts = 0;
    } else if (line.startsWith('#EXT-X-PART:')) {
      openParts += 1;
      const uri = /URI="([^"]*)"/.exec(line)?.[1];
      if (uri !== undefined) partUris.push(uri);
    } else if (line !== '' && !line.startsWith('#')) lastSegmentUri = line;
  }
  return { lastMsn: firstMsn + segments - 1, openParts, partUris, lastSegmentUri };
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
