// AAC's AudioSpecificConfig (ISO 14496-3 clause 1.6.2.1).

import { BitReader } from '../bytes/bit-reader.ts';
import { GatewayError } from '../errors.ts';

/** An AudioSpecificConfig, kept verbatim, and its fields. */
export type AacConfig = {
  readonly kind: 'aac';
  readonly record: Buffer;
  /** RFC 6381: `mp4a.40.` and the audio object type, that of SBR or parametric stereo where it is announced. */
  readonly codecString: string;
  /** The object type of the core coder. */
  readonly objectType: number;
  /** Hertz of the core coder: the clock on which frames are counted. */
  readonly sampleRate: number;
  /** Output of the decoder in hertz: twice the core's with SBR. */
  readonly outputSampleRate: number;
  /** Output channels of the decoder: parametric stereo makes two from one. */
  readonly channels: number;
  /** Samples of the core coder in one frame. */
  readonly frameSamples: number;
};

/** Table 1.18. */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
/**
 * A syntactic element of a frame: single_channel_element, channel_pair_element or lfe_channel_element (ISO 14496-3 table 4.71),
 * and its element_instance_tag.
 */
export type ChannelElement = { readonly kind: ElementKind; readonly tag: number };
type ElementKind = 'single' | 'pair' | 'lfe';

/** Table 1.19: elements of channelConfiguration 1 to 7 and 11, 12, 14, in the order of a frame. */
const ELEMENTS: Readonly<Record<number, readonly ElementKind[]>> = {
  1: ['single'],
  2: ['pair'],
  3: ['single', 'pair'],
  4: ['single', 'pair', 'single'],
  5: ['single', 'pair', 'pair'],
  6: ['single', 'pair', 'pair', 'lfe'],
  7: ['single', 'pair', 'pair', 'pair', 'lfe'],
  11: ['single', 'pair', 'pair', 'single', 'lfe'],
  12: ['single', 'pair', 'pair', 'pair', 'lfe'],
  14: ['single', 'pair', 'pair', 'lfe', 'pair'],
};
const OBJECT_TYPE_SBR = 5;
const OBJECT_TYPE_PS = 29;
const OBJECT_TYPE_SCALABLE = 6;
/** Object types whose GASpecificConfig gives the frame length (clause 4.4.1): Main, LC, SSR, LTP, scalable. */
const GENERAL_AUDIO: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 7]);
/** syncExtensionType values of table 1.15: SBR and parametric stereo announced after the core's configuration. */
const SYNC_EXTENSION_SBR = 0x2b7;
const SYNC_EXTENSION_PS = 0x548;
/** A config has 2 to 5 bytes, some dozens with a program config element. */
const MAX_CONFIG_BYTES = 256;

/**
 * Parses an AudioSpecificConfig; the record is copied, so that it does not keep a message's memory.
 * Throws GatewayError: `truncated`, `bad_aac_config`, `unsupported_audio_object_type`.
 */
export function parseAacConfig(body: Buffer): AacConfig {
  return readConfig(body).config;
}

/** The elements of each frame, in order. */
export function channelElementsOf(config: AacConfig): readonly ChannelElement[] {
  return readConfig(config.record).elements;
}

function readConfig(body: Buffer): {
  readonly config: AacConfig;
  readonly elements: readonly ChannelElement[];
} {
  if (body.length > MAX_CONFIG_BYTES)
    throw badConfig(`an AudioSpecificConfig cannot have ${body.length} bytes`);
  const bits = new BitReader(body, 'AudioSpecificConfig');
  const signalled = readObjectType(bits);
  const sampleRate = readSampleRate(bits);
  const channelConfiguration = bits.bits(4);
  let extension: Extension | undefined;
  let objectType = signalled;
  if (signalled === OBJECT_TYPE_SBR || signalled === OBJECT_TYPE_PS) {
    extension = { objectType: signalled, outputSampleRate: readSampleRate(bits) };
    objectType = readObjectType(bits);
  }
  if (!GENERAL_AUDIO.has(objectType)) {
    throw new GatewayError(
      'unsupported',
      'unsupported_audio_object_type',
      `audio object type ${objectType} is not supported; set the encoder to AAC-LC`,
    );
  }
  const core = readGeneralAudio(bits, objectType, channelConfiguration);
  extension ??= readSyncExtension(bits);
  const channels = channelCount(core.elements);
  const config: AacConfig = {
    kind: 'aac',
    record: Buffer.from(body),
    codecString: `mp4a.40.${extension?.objectType ?? objectType}`,
    objectType,
    sampleRate,
    outputSampleRate: extension?.outputSampleRate ?? sampleRate,
    channels: extension?.objectType === OBJECT_TYPE_PS && channels === 1 ? 2 : channels,
    frameSamples: core.frameSamples,
  };
  return { config, elements: core.elements };
}

/** The extension of the core: object type 5 (SBR) or 29 (parametric stereo). */
type Extension = { readonly objectType: number; readonly outputSampleRate: number };

function readObjectType(bits: BitReader): number {
  const type = bits.bits(5);
  return type === 31 ? 32 + bits.bits(6) : type;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.bits(4);
  const rate = index === 15 ? bits.bits(24) : SAMPLE_RATES[index];
  if (rate === undefined || rate < 1_000 || rate > 192_000) {
    throw badConfig(`samplingFrequencyIndex ${index} means ${rate ?? 'no'} Hz; 1 to 192 kHz can be played`);
  }
  return rate;
}

/** GASpecificConfig, clause 4.4.1. */
function readGeneralAudio(
  bits: BitReader,
  objectType: number,
  channelConfiguration: number,
): { readonly frameSamples: number; readonly elements: readonly ChannelElement[] } {
  const frameSamples = bits.flag() ? 960 : 1024;
  const dependsOnCoreCoder = bits.flag();
  if (dependsOnCoreCoder) bits.skip(14);
  const hasExtension = bits.flag();
  const elements =
    channelConfiguration === 0 ? readProgramConfig(bits) : numbered(ELEMENTS[channelConfiguration]);
  if (elements === undefined) throw badConfig(`channelConfiguration ${channelConfiguration} is reserved`);
  if (objectType === OBJECT_TYPE_SCALABLE) bits.skip(3);
  if (hasExtension) bits.skip(1);
  return { frameSamples, elements };
}

/** Tags of each kind start at 0. */
function numbered(kinds: readonly ElementKind[] | undefined): readonly ChannelElement[] | undefined {
  return kinds?.map((kind, at) => ({
    kind,
    tag: kinds.slice(0, at).filter((before) => before === kind).length,
  }));
}

function channelCount(elements: readonly ChannelElement[]): number {
  return elements.reduce((sum, { kind }) => sum + (kind === 'pair' ? 2 : 1), 0);
}

/** program_config_element, clause 4.4.1.1, read to its end. */
function readProgramConfig(bits: BitReader): readonly ChannelElement[] {
  bits.skip(4 + 2 + 4);
  const [front, side, back, lfe] = [bits.bits(4), bits.bits(4), bits.bits(4), bits.bits(2)];
  const [data, coupling] = [bits.bits(3), bits.bits(4)];
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(3);
  const elements: ChannelElement[] = [];
  for (let element = 0; element < front + side + back; element += 1)
    elements.push({ kind: bits.flag() ? 'pair' : 'single', tag: bits.bits(4) });
  for (let element = 0; element < lfe; element += 1) elements.push({ kind: 'lfe', tag: bits.bits(4) });
  if (elements.length === 0) throw badConfig('the program config element has no channel');
  bits.skip(4 * data + 5 * coupling);
  bits.skip(bits.remaining % 8); // byte_alignment(), counted from the start of the AudioSpecificConfig
  const commentBytes = bits.bits(8);
  bits.skip(8 * commentBytes);
  return elements;
}

/** The backward compatible announcement of SBR and parametric stereo at the end of clause 1.6.2.1. */
function readSyncExtension(bits: BitReader): Extension | undefined {
  if (bits.remaining < 16 || bits.bits(11) !== SYNC_EXTENSION_SBR) return undefined;
  if (readObjectType(bits) !== OBJECT_TYPE_SBR || !bits.flag()) return undefined;
  const outputSampleRate = readSampleRate(bits);
  const hasParametricStereo = bits.remaining >= 12 && bits.bits(11) === SYNC_EXTENSION_PS && bits.flag();
  return { objectType: hasParametricStereo ? OBJECT_TYPE_PS : OBJECT_TYPE_SBR, outputSampleRate };
}

function badConfig(message: string): GatewayError {
  return new GatewayError('invalid-data', 'bad_aac_config', message);
}
