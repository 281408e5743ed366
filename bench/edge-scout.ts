// One viewer that notes which picture is the newest one that can be fetched, and since when.

import { setTimeout as delay } from 'node:timers/promises';
import { isConfig, readClip } from './media-clip.ts';
import { PictureFinder } from './picture-finder.ts';
import { parsePlaylistEdge } from './playlist-edge.ts';
import { playlistText, RawConnection, rawRequest } from './raw-client.ts';
import { answerCalls } from './worker.ts';

/** A part or segment that has been listed. */
export type EdgeEvent = {
  readonly uri: string;
  /** Epoch milliseconds at which the playlist with it had arrived. */
  readonly atMs: number;
  /** Its newest picture: the index in the clip. */
  readonly picture: number;
};

export type ScoutCalls = {
  /** `isLowLatency`: blocking reload and parts; otherwise the playlist is requested every few milliseconds. */
  readonly watch: {
    readonly request: {
      readonly mediaUrl: string;
      readonly isLowLatency: boolean;
      readonly clipFile: string;
    };
    readonly reply: undefined;
  };
  /** Since the last call. */
  readonly take: {
    readonly request: undefined;
    readonly reply: { readonly events: readonly EdgeEvent[]; readonly pictures: number };
  };
};

const POLL_MS = 5;

let events: EdgeEvent[] = [];
let pictures = 0;
let fault: Error | undefined;

answerCalls<ScoutCalls>({
  watch: ({ mediaUrl, isLowLatency, clipFile }) => {
    const bodies = readClip(clipFile)
      .tags.filter((tag) => tag.kind === 'video' && !isConfig(tag))
      .map(({ body }) => body);
    pictures = bodies.length;
    watch(new URL(mediaUrl), isLowLatency, new PictureFinder(bodies)).catch((error: Error) => {
      fault = error;
    });
    return undefined;
  },
  take: () => {
    if (fault !== undefined) throw fault;
    const taken = events;
    events = [];
    return { events: taken, pictures };
  },
});

async function watch(mediaUrl: URL, isLowLatency: boolean, finder: PictureFinder): Promise<void> {
  const connection = new RawConnection(Number(mediaUrl.port));
  let path = mediaUrl.pathname;
  let last: string | undefined;
  for (;;) {
    const { status, body } = await connection.ask(rawRequest(path), true);
    const atMs = performance.timeOrigin + performance.now();
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    const edge = parsePlaylistEdge(playlistText(body));
    const uri = (isLowLatency ? edge.partUris : edge.segmentUris).at(-1);
    if (isLowLatency) {
      path = `${mediaUrl.pathname}?_HLS_msn=${edge.lastMsn + 1}&_HLS_part=${edge.openParts}`;
    }
    if (uri === undefined || uri === last) {
      await delay(POLL_MS);
      continue;
    }
    last = uri;
    const media = await connection.ask(rawRequest(new URL(uri, mediaUrl).pathname), true);
    const picture = finder.newestIn(media.body);
    if (picture !== undefined) events.push({ uri, atMs, picture });
  }
}
