// Words by which the oracle recognises what must not be where it is.

export const CANARY_NAME = 'canary';
/** Bytes of media that was never accepted: no segment may hold them. */
export const INTRUDER_MARK = Buffer.from('INTRUDER-IN-THE-SEGMENT');
/** What publishers send as keys: no log line may hold them. The shortest is a character that no line of ours has. */
export const SECRETS: readonly string[] = [
  '^',
  'Zq7-x',
  'kept-from-every-line',
  'Ab0'.repeat(13).concat('z'),
];
