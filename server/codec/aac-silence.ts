// A silent frame of AAC (ISO 14496-3 clauses 4.4.2.1 and 4.4.2.7): all channels of the configuration, without scale factor bands.

import { BitWriter } from '../bytes/bit-writer.ts';
import { type AacConfig, channelElementsOf } from './aac.ts';

/** id_syn_ele, table 4.71. */
const ELEMENT_IDS = { single: 0, pair: 1, lfe: 3 } as const;
const ID_END = 7;
/** Main, LC, SSR, LTP: their frames have the same syntax if they use no tools. */
const MAX_OBJECT_TYPE = 4;
/** At most 49 elements of at most 8 bytes. */
const MAX_BYTES = 512;

/** A silent raw_data_block; undefined for scalable AAC, which has another syntax. SBR and parametric stereo need no data. */
export function silentAacFrame(config: AacConfig): Buffer | undefined {
  if (config.objectType > MAX_OBJECT_TYPE) return undefined;
  const bits = new BitWriter(MAX_BYTES);
  for (const { kind, tag } of channelElementsOf(config)) {
    bits.bits(ELEMENT_IDS[kind], 3);
    bits.bits(tag, 4);
    if (kind === 'pair') {
      // common_window, ics_info of both channels, ms_mask_present.
      bits.bits(1, 1);
      writeWindow(bits);
      bits.bits(0, 2);
      writeChannel(bits, false);
      writeChannel(bits, false);
    } else writeChannel(bits, true);
  }
  bits.bits(ID_END, 3);
  return Buffer.from(bits.finish());
}

/** individual_channel_stream: global_gain, without pulse data, TNS and gain control. */
function writeChannel(bits: BitWriter, hasWindow: boolean): void {
  bits.bits(0, 8);
  if (hasWindow) writeWindow(bits);
  bits.bits(0, 3);
}

/** ics_info: a long window with max_sfb 0, without prediction. */
function writeWindow(bits: BitWriter): void {
  bits.bits(0, 1 + 2 + 1 + 6 + 1);
}
