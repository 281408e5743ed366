// Which codec this browser cannot decode, checked before anything is loaded (Media Source Extensions, isTypeSupported).
import { splitCodecs } from '../page/codec-name.ts';

/** The first codec in the list that this browser cannot decode; undefined when all work or the browser cannot say. */
export function firstUnsupported(codecs: string | undefined): string | undefined {
  if (codecs === undefined || !('MediaSource' in window)) return undefined;
  return splitCodecs(codecs).find((codec) => !MediaSource.isTypeSupported(`video/mp4; codecs="${codec}"`));
}
