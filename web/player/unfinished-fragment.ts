// A segment that the playlist closes while its parts are loaded is not complete: hls.js may not have requested all of
// them. When less than 0.2 s (one part) is missing, hls.js 1.7.4 treats it as complete and never requests that part; nor
// any other before the segment has left the list of parts. See docs/hls-js-last-part.md.
import type Hls from 'hls.js';
import { Events, type Fragment, type LevelDetails, type Part } from 'hls.js';

/** Makes hls.js load the part that it would skip. */
export function keepUnfinished(hls: Hls): void {
  hls.on(Events.FRAG_PARSED, (_event, { frag, part }) => {
    const isUnfinished = hasLaterPart(hls.latestLevelDetails, frag, part);
    for (const stream of Object.values(frag.elementaryStreams)) {
      if (stream !== null) stream.partial = isUnfinished;
    }
  });
}

/** Whether the playlist lists later parts of this fragment than this part, the last one loaded. */
function hasLaterPart(details: LevelDetails | null, frag: Fragment, part: Part | null): boolean {
  if (part === null) return false; // loaded as a whole
  return (
    details?.partList?.some(({ fragment, index }) => fragment.sn === frag.sn && index > part.index) === true
  );
}
