// A segment that the playlist closes while its parts are loaded is not whole yet: parts of it may be listed that hls.js has not
// asked for. hls.js 1.7.4 takes it for whole when what is missing is shorter than 0.2 s, which is one part, and never asks for
// it; nor for any other before the segment has left the list of parts. docs/hls-js-last-part.md has the whole story.
import type Hls from 'hls.js';
import { Events, type Fragment, type LevelDetails, type Part } from 'hls.js';

/** Tells hls.js what it is about to overlook. */
export function keepUnfinished(hls: Hls): void {
  hls.on(Events.FRAG_PARSED, (_event, { frag, part }) => {
    const isUnfinished = hasLaterPart(hls.latestLevelDetails, frag, part);
    for (const stream of Object.values(frag.elementaryStreams)) {
      if (stream !== null) stream.partial = isUnfinished;
    }
  });
}

/** Whether the playlist lists more of this fragment than what has been loaded of it, up to this part. */
function hasLaterPart(details: LevelDetails | null, frag: Fragment, part: Part | null): boolean {
  if (part === null) return false; // loaded whole
  return (
    details?.partList?.some(({ fragment, index }) => fragment.sn === frag.sn && index > part.index) === true
  );
}
