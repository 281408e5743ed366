// What this browser cannot decode, asked before anything is loaded (Media Source Extensions, isTypeSupported).
import { splitCodecs } from '../page/codec-name.ts';

/** The first codec of the list this browser cannot decode; undefined when all are fine or nothing can be asked. */
export function firstUnsupported(codecs: string | undefined): string | undefined {
  if (codecs === undefined || !('MediaSource' in window)) return undefined;
  return splitCodecs(codecs).find((codec) => !MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`));
}
