// Marks by which the oracle recognises leaked bytes and secrets.

export const CANARY_NAME = 'canary';
/** Bytes of media that was never accepted. No segment may contain them. */
export const INTRUDER_MARK = Buffer.from('INTRUDER-IN-THE-SEGMENT');
/** Keys of publishers. No log line may contain them. The shortest is a character that no log line has. */
export const SECRETS: readonly string[] = [
  '^',
  'Zq7-x',
  'kept-from-every-line',
  'Ab0'.repeat(13).concat('z'),
];
