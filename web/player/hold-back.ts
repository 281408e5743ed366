// How far from the live edge a playlist asks players to stay (RFC 8216bis clause 4.4.3.8), and the address of a variant.
// Parsed here, because the browser's own player does not report it.

export type HoldBack = {
  /** Seconds for a player that loads whole segments. */
  readonly segmentsS: number;
  /** Seconds for one that loads parts; undefined for a playlist without them. */
  readonly partsS: number | undefined;
};

/** RFC 8216bis: the default of HOLD-BACK is three target durations. */
const DEFAULT_TARGET_DURATIONS = 3;

/** The distances of a media playlist; undefined for any other text. */
export function parseHoldBack(text: string): HoldBack | undefined {
  const targetS = Number(/^#EXT-X-TARGETDURATION:(\d+(?:\.\d+)?)/m.exec(text)?.[1]);
  if (!Number.isFinite(targetS)) return undefined;
  const control = /^#EXT-X-SERVER-CONTROL:(.*)$/m.exec(text)?.[1] ?? '';
  return {
    segmentsS: attributeOf(control, 'HOLD-BACK') ?? DEFAULT_TARGET_DURATIONS * targetS,
    partsS: attributeOf(control, 'PART-HOLD-BACK'),
  };
}

/** Address of the first variant's playlist; undefined for a playlist that lists none. */
export function firstVariantUrl(text: string, baseUrl: string): string | undefined {
  const uri = /^#EXT-X-STREAM-INF:[^\n]*\n(?:#[^\n]*\n)*([^#\s][^\r\n]*)/m.exec(text)?.[1];
  return uri === undefined || !URL.canParse(uri, baseUrl) ? undefined : new URL(uri, baseUrl).href;
}

/** Which of the two distances a player at this distance from the edge keeps. */
export function keptHoldBackS(holdBack: HoldBack, distanceS: number): number {
  const { segmentsS, partsS } = holdBack;
  return partsS !== undefined && distanceS < (partsS + segmentsS) / 2 ? partsS : segmentsS;
}

function attributeOf(attributes: string, name: string): number | undefined {
  const match = new RegExp(`(?:^|,)${name}=(\\d+(?:\\.\\d+)?)`).exec(attributes)?.[1];
  return match === undefined ? undefined : Number(match);
}
