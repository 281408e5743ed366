// Chooses the content coding for a client (RFC 9110 clause 12.5.3).

import { CONTENT_CODINGS, type ContentCoding } from '../hls/hls-origin.ts';

/** Clause 12.4.2: a missing q means 1; at most three decimals. */
const WEIGHTED = /^([\w!#$%&'*+.^`|~-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;
/** Size of the cache: clients of one kind send the same header; an attacker may send many different ones. */
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

/** Identity also if every coding is refused: clause 12.5.3 allows it, and it is more useful than a 415. */
function preferred(acceptEncoding: string): ContentCoding {
  const weights = parseWeights(acceptEncoding);
  const wildcard = weights.get('*');
  let best: ContentCoding = 'identity';
  let bestWeight = 0;
  for (const coding of CONTENT_CODINGS) {
    // Identity is acceptable unless it or `*` is refused. A client that lists other codings prefers those.
    const weight =
      weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? wildcard ?? 0;
    if (weight > bestWeight) {
      best = coding;
      bestWeight = weight;
    }
  }
  return best;
}

/** Skips elements that are not weighted codings. */
function parseWeights(acceptEncoding: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const element of acceptEncoding.split(',')) {
    const match = WEIGHTED.exec(element.trim());
    const name = match?.[1]?.toLowerCase();
    if (name !== undefined) weights.set(name, Number(match?.[2] ?? 1));
  }
  return weights;
}
