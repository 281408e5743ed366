// Which content coding a client gets (RFC 9110 clause 12.5.3), out of those that a playlist comes in.

import { CONTENT_CODINGS, type ContentCoding } from '../hls/hls-origin.ts';

/** Clause 12.4.2: no q is 1, and three decimals at most. */
const WEIGHTED = /^([\w!#$%&'*+.^`|~-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
/** Answers remembered: clients of a kind send the same, and a hostile one sends as many as it likes. */
const MAX_REMEMBERED = 64;

const remembered = new Map<string, ContentCoding>();

/** The coding that a request's Accept-Encoding prefers; among equals the smallest text. */
export function chooseCoding(acceptEncoding: string | undefined): ContentCoding {
  if (acceptEncoding === undefined || acceptEncoding === '') return 'identity';
  let coding = remembered.get(acceptEncoding);
  if (coding === undefined) {
    coding = preferred(acceptEncoding);
    if (remembered.size < MAX_REMEMBERED) remembered.set(acceptEncoding, coding);
  }
  return coding;
}

/** Identity, too, where every coding is refused: clause 12.5.3 allows it, and a playlist helps more than a 415. */
function preferred(acceptEncoding: string): ContentCoding {
  const weights = parseWeights(acceptEncoding);
  const wildcard = weights.get('*');
  let best: ContentCoding = 'identity';
  let bestWeight = 0;
  for (const coding of CONTENT_CODINGS) {
    // Identity is acceptable unless refused by name or by `*`; whoever lists codings without it prefers those.
    const weight =
      weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? wildcard ?? 0;
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

/** Elements that are no weighted coding are passed over. */
function parseWeights(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of acceptEncoding.split(',')) {
    const match = WEIGHTED.exec(element.trim());
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined) weights.set(name, Number(match?.[2] ?? 1));
  }
  return weights;
}
