// A frame of AAC in which nothing is heard (ISO 14496-3 clauses 4.4.2.1 and 4.4.2.7): every channel of its configuration, without a
// single scale factor band.

import { BitWriter } from '../bytes/bit-writer.ts';
import { type AacConfig, channelElementsOf } from './aac.ts';

/** id_syn_ele, table 4.71. */
const ELEMENT_IDS = { single: 0, pair: 1, lfe: 3 } as const;
const ID_END = 7;
/** Main, LC, SSR, LTP: their frames have one syntax as long as they use none of their tools. */
const MAX_OBJECT_TYPE = 4;
/** Sixteen elements of each kind, each of some bytes. */
const MAX_BYTES = 512;

/** A raw_data_block of silence; undefined for scalable AAC, whose frames are others. SBR and parametric stereo go on without data. */
export function silentAacFrame(config: AacConfig): Buffer | undefined {
  if (config.objectType > MAX_OBJECT_TYPE) return undefined;
  const bits = new BitWriter(MAX_BYTES);
  for (const { kind, tag } of channelElementsOf(config)) {
    bits.bits(ELEMENT_IDS[kind], 3);
    bits.bits(tag, 4);
    if (kind === 'pair') {
      // common_window, and ms_mask_present 0 behind what both channels share.
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

/** individual_channel_stream: global_gain, and no pulses, no noise shaping, no gain control. */
function writeChannel(bits: BitWriter, hasWindow: boolean): void {
  bits.bits(0, 8);
  if (hasWindow) writeWindow(bits);
  bits.bits(0, 3);
}

/** ics_info: a long window with max_sfb 0, and no prediction. */
function writeWindow(bits: BitWriter): void {
  bits.bits(0, 1 + 2 + 1 + 6 + 1);
}
