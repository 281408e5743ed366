// Cues: rows of text with start and end, in ticks of the video track (90 kHz).

/** The four CEA-608 channels as INSTREAM-ID names them (RFC 8216bis clause 4.4.6.1.1). */
export const CAPTION_CHANNELS = ['CC1', 'CC2', 'CC3', 'CC4'] as const;
/** The CEA-708 services with a number in the block's header; the INSTREAM-ID of the first is SERVICE1. */
export const CAPTION_SERVICES = ['S1', 'S2', 'S3', 'S4', 'S5', 'S6'] as const;
/** Captions that do not lie in the video: somebody writes them during the stream. One for each language. */
export const WRITTEN_CHANNELS = ['T1', 'T2', 'T3', 'T4'] as const;
export type WrittenChannelId = (typeof WRITTEN_CHANNELS)[number];
export type CaptionChannelId =
  | (typeof CAPTION_CHANNELS)[number]
  | (typeof CAPTION_SERVICES)[number]
  | WrittenChannelId;

/** A channel as playlists name it. */
export type CaptionSource = {
  readonly id: CaptionChannelId;
  /** BCP 47; absent if it is unknown. */
  readonly language?: string;
};

/** One of the 15 rows of CEA-608 and CEA-708; never empty. */
export type CaptionRow = {
  /** 1 to 15. */
  readonly line: number;
  /** Start of the row, percent of the picture's width. */
  readonly position: number;
  /** Unescaped characters and `<i>`, `</i>`, `<u>`, `</u>`, possibly unpaired. */
  readonly text: string;
};

/** A screen that is shown from `start` to `end`; rows from the top. */
export type CaptionCue = {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly CaptionRow[];
  /** It continues the previous cue, perhaps with more text: they were cut at a span's end. */
  readonly goesOn: boolean;
  /** The rows have no place of their own: players show them at the bottom, centred. */
  readonly isUnplaced?: true;
};

/** A CEA-608 channel or CEA-708 service with captions. */
export type CueChannel = {
  readonly id: CaptionChannelId;
  /** The cues from the end of the last call to `until`. A cue that is still shown continues in the next call. */
  cut(until: number): readonly CaptionCue[];
};

/** Joins cues that were cut between neighbouring spans, with their last text. */
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
