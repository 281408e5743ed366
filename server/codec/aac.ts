// AAC's AudioSpecificConfig (ISO 14496-3 clause 1.6.2.1).

import { BitReader } from '../bytes/bit-reader.ts';
import { GatewayError } from '../errors.ts';

/** An AudioSpecificConfig, kept verbatim, and what was read out of it. */
export type AacConfig = {
  readonly kind: 'aac';
  readonly record: Buffer;
  /** RFC 6381: `mp4a.40.` and the audio object type. */
  readonly codecString: string;
  readonly objectType: number;
  /** Hertz of the core coder: the clock on which frames are counted. */
  readonly sampleRate: number;
  /** Hertz that comes out of the decoder: twice the core's with SBR. */
  readonly outputSampleRate: number;
  readonly channels: number;
  /** Samples of the core coder in one frame. */
  readonly frameSamples: number;
};

/** Table 1.18. */
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];
/** Table 1.19: channels of channelConfiguration 1 to 7 and 11, 12, 14. */
const CHANNELS: Readonly<Record<number, number>> = {
  1: 1,
  2: 2,
  3: 3,
  4: 4,
  5: 5,
  6: 6,
  7: 8,
  11: 7,
  12: 8,
  14: 8,
};
const OBJECT_TYPE_SBR = 5;
const OBJECT_TYPE_PS = 29;
/** Object types whose GASpecificConfig gives the frame length (clause 4.4.1): Main, LC, SSR, LTP, scalable. */
const GENERAL_AUDIO: ReadonlySet<number> = new Set([1, 2, 3, 4, 6, 7]);
/** A config is 2 to 5 bytes, some dozens with a program config element; more is not a config. */
const MAX_CONFIG_BYTES = 256;

/** Parses an AudioSpecificConfig; the record is copied so that it does not hold a message's memory. */
export function parseAacConfig(body: Buffer): AacConfig {
  if (body.length > MAX_CONFIG_BYTES) {
    throw new GatewayError(
      'invalid-data',
      'bad_aac_config',
      `an AudioSpecificConfig of ${body.length} bytes does not exist`,
    );
  }
  const bits = new BitReader(body, 'AudioSpecificConfig');
  const signalled = readObjectType(bits);
  const sampleRate = readSampleRate(bits);
  const channelConfiguration = bits.bits(4);
  let objectType = signalled;
  let outputSampleRate = sampleRate;
  if (signalled === OBJECT_TYPE_SBR || signalled === OBJECT_TYPE_PS) {
    outputSampleRate = readSampleRate(bits);
    objectType = readObjectType(bits);
  }
  if (!GENERAL_AUDIO.has(objectType)) {
    throw new GatewayError(
      'unsupported',
      'unsupported_audio_object_type',
      `audio object type ${objectType} is not supported; set the encoder to AAC-LC`,
    );
  }
  const frameSamples = bits.flag() ? 960 : 1024;
  const channels =
    channelConfiguration === 0 ? readProgramConfigChannels(bits) : CHANNELS[channelConfiguration];
  if (channels === undefined) {
    throw new GatewayError(
      'invalid-data',
      'bad_aac_config',
      `channelConfiguration ${channelConfiguration} is reserved`,
    );
  }
  return {
    kind: 'aac',
    record: Buffer.from(body),
    codecString: `mp4a.40.${signalled}`,
    objectType,
    sampleRate,
    outputSampleRate,
    channels,
    frameSamples,
  };
}

function readObjectType(bits: BitReader): number {
  const type = bits.bits(5);
  return type === 31 ? 32 + bits.bits(6) : type;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.bits(4);
  const rate = index === 15 ? bits.bits(24) : SAMPLE_RATES[index];
  if (rate === undefined || rate < 1_000 || rate > 192_000) {
    throw new GatewayError(
      'invalid-data',
      'bad_aac_config',
      `samplingFrequencyIndex ${index} means ${rate ?? 'no'} Hz; 1 to 192 kHz can be played`,
    );
  }
  return rate;
}

/** GASpecificConfig's program_config_element (clause 4.4.1.1): counts the channels of its elements. */
function readProgramConfigChannels(bits: BitReader): number {
  if (bits.flag()) bits.skip(14);
  bits.skip(1);
  bits.skip(4 + 2 + 4);
  const [front, side, back, lfe] = [bits.bits(4), bits.bits(4), bits.bits(4), bits.bits(2)];
  bits.skip(3 + 4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(4);
  if (bits.flag()) bits.skip(3);
  let channels = lfe;
  for (let element = 0; element < front + side + back; element += 1) {
    channels += bits.flag() ? 2 : 1;
    bits.skip(4);
  }
  if (channels === 0)
    throw new GatewayError('invalid-data', 'bad_aac_config', 'the program config element holds no channel');
  return channels;
}
