// What captions show, and for how long. Times are ticks of the video track (90 kHz), as in its fragments.

/** The four CEA-608 channels as INSTREAM-ID names them (RFC 8216bis clause 4.4.6.1.1). */
export const CAPTION_CHANNELS = ['CC1', 'CC2', 'CC3', 'CC4'] as const;
/** The CEA-708 services that a block's header has numbers for; INSTREAM-ID says SERVICE1 for the first. */
export const CAPTION_SERVICES = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'] as const;
export type CaptionChannelId = (typeof CAPTION_CHANNELS)[number] | (typeof CAPTION_SERVICES)[number];

/** One of the 15 rows that both CEA-608 and CEA-708 have room for; never empty. */
export type CaptionRow = {
  /** 1 to 15. */
  readonly line: number;
  /** Where it begins, percent of the picture's width. */
  readonly position: number;
  /** Characters as they are, and `<i>`, `</i>`, `<u>`, `</u>` for the styles, perhaps not in pairs. */
  readonly text: string;
};

/** A screen that is shown from `start` to `end`; rows from the top. */
export type CaptionCue = {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly CaptionRow[];
  /** It is the same screen as the cue before it, perhaps with more text: they were cut apart. */
  readonly goesOn: boolean;
};

/** A CEA-608 channel or CEA-708 service that captions have been seen on. */
export type CueChannel = {
  readonly id: CaptionChannelId;
  /** What was shown until `until`, from where the last call ended. What is still shown goes on in the next call. */
  cut(until: number): readonly CaptionCue[];
};

/** Cues of neighbouring spans as cues of the whole: what was cut is joined, with the text as it was at last. */
export function joinCues(spans: Iterable<readonly CaptionCue[]>): CaptionCue[] {
  const joined: CaptionCue[] = [];
  for (const cues of spans) {
    for (const cue of cues) {
      const last = joined.at(-1);
      if (last !== undefined && cue.goesOn && last.end === cue.start)
        joined[joined.length - 1] = { ...cue, start: last.start, goesOn: last.goesOn };
      else joined.push(cue);
    }
  }
  return joined;
}
