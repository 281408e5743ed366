// The values in sentences for operators, as data: of each finding of the doctor, and of each event of the timeline. Pages write the sentence in
// their own language from them. Units are in the names: `share` is from 0 to 1, `bps` is bits per second; `kind` says which of several
// sentences holds.

/** Of rules whose sentence has a single share in it. */
type Share = { readonly share: number };

export type IssueValues = {
  readonly gopLong: { readonly kind: 'upTo' | 'noneFor'; readonly longestMs: number };
  readonly gopShort: { readonly meanMs: number };
  readonly gopVariable: { readonly minMs: number; readonly maxMs: number };
  readonly openGop: { readonly kind: 'open'; readonly count: number } | { readonly kind: 'refresh' };
  readonly bFrames: Share & { readonly laterMs: number };
  readonly bitrateUnstable: Share & { readonly bps: number };
  readonly bitrateLow: {
    readonly bps: number;
    readonly leastBps: number;
    readonly width: number;
    readonly height: number;
  };
  readonly bitrateHigh: {
    readonly bps: number;
    readonly mostBps: number;
    readonly width: number;
    readonly height: number;
  };
  readonly framesDropped: Share;
  /** Sizes such as `1280×720`. */
  readonly resolutionChanged: { readonly from: string; readonly to: string };
  readonly metaMismatch:
    | {
        readonly kind: 'size';
        readonly announcedWidth: number;
        readonly announcedHeight: number;
        readonly width: number;
        readonly height: number;
      }
    | { readonly kind: 'rate'; readonly announcedFps: number; readonly fps: number };
  readonly renderLag: Share;
  readonly encoderOverload: Share;
  readonly networkDrops: Share;
  /** `rate` is media time divided by wall time. */
  readonly videoStarved: { readonly rate: number };
  readonly fasterThanRealtime: { readonly rate: number };
  /** Where the timestamps of sound are, or when it begins, beside those of pictures. */
  readonly avDrift: {
    readonly kind: 'ahead' | 'behind' | 'beginsAfter' | 'beginsBefore';
    readonly apartMs: number;
  };
  readonly timestampJump: { readonly kind: 'jumps' | 'stuck'; readonly count: number };
  readonly noVideo: MissingTrack;
  readonly noAudio: MissingTrack;
  readonly codecUnsupported:
    | LeftOutTrack
    | { readonly kind: 'format'; readonly bitDepth: number; readonly chroma: string };
  readonly trackUnreadable: LeftOutTrack;
  readonly codecReach:
    | { readonly kind: 'interlaced' }
    | { readonly kind: 'aac'; readonly objectType: number };
  readonly audioRateOdd: { readonly sampleRate: number };
  readonly audioChannels: { readonly channels: number };
  readonly flapping: { readonly count: number };
  readonly viewersStalling: Share;
  readonly noHttps: { readonly count: number };
  readonly serverBusy: { readonly delayMs: number };
};

type MissingTrack = { readonly kind: 'announced' } | { readonly kind: 'after'; readonly ageMs: number };

/** A track and the code of docs/errors.md for which it is not played. */
type LeftOutTrack = { readonly kind: 'track'; readonly track: string; readonly error: string };

export type IssueCode = keyof IssueValues;

/** What a fix depends on. */
export type FixValues = {
  /** Major version of the OBS that pushes, or the newest known one. */
  readonly obsVersion: number;
  readonly fps: number;
  /** Bits per second that arrive; absent if it is not known. */
  readonly bps?: number;
  /** To what the bit rate is to be lowered where the upload is too slow. */
  readonly lowerBps?: number;
};

/** The values of each type of event. */
export type HappeningValues = {
  readonly offline: NoValues;
  readonly connecting: { readonly address?: string; readonly encoder?: string };
  readonly starting: NoValues;
  readonly live: NoValues;
  readonly stalled: { readonly silentMs: number };
  /** `error` and `detail`: a code of docs/errors.md with its sentence, when the gateway refused the media; `codec` and the operator's `reason` are in some. */
  readonly reconnecting: {
    readonly kind: 'stopped' | 'lost' | 'replaced' | 'draining' | 'refused';
    readonly publishedMs: number;
    readonly error?: string;
    readonly detail?: string;
    readonly codec?: string;
    readonly reason?: string;
  };
  readonly ended: { readonly mediaMs: number };
  /** The tracks are in the text, which is the same in every language. */
  readonly tracks: NoValues;
  readonly timestampJump: NoValues;
  /** The code of a finding. */
  readonly issue: { readonly issue: string };
  readonly issueCleared: { readonly issue: string };
};

type NoValues = Readonly<Record<string, never>>;

export type HappeningType = keyof HappeningValues;

/** As messages carry them: they may be of a code that this page does not know yet. */
export type PlainValues = Readonly<Record<string, number | string>>;
