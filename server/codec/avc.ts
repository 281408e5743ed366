// H.264's decoder configuration record (ISO 14496-15 clause 5.3.3.1.2), also where encoders write Annex B in its place.

import { ByteReader } from '../bytes/byte-reader.ts';
import { GatewayError } from '../errors.ts';
import { NAL_PPS, NAL_SPS, nalType, startCodeBytes } from './avc-nal.ts';
import { annexBNalUnits, isAnnexB } from './avc-repair.ts';
import { parseSequenceParameters, type SequenceParameters } from './avc-sps.ts';

/** An AVCDecoderConfigurationRecord, kept verbatim, and what was read out of it. */
export type AvcConfig = {
  readonly kind: 'avc';
  readonly record: Buffer;
  /** RFC 6381: `avc1.` and profile, constraints, level in hexadecimal. */
  readonly codecString: string;
  /** Bytes of each NAL unit's length prefix: 1, 2 or 4. */
  readonly lengthSize: number;
  readonly sps: SequenceParameters;
};

/** The parameter sets of a record, each a NAL unit with its header byte. */
export type ParameterSets = { readonly sps: readonly Buffer[]; readonly pps: readonly Buffer[] };

/** Profile, constraints and level stand in the SPS behind its header byte. */
const MIN_SPS_BYTES = 4;
/** The record counts SPS in 5 bits and PPS in 8, and their lengths in 16. */
const MAX_SPS_COUNT = 31;
const MAX_PPS_COUNT = 255;
const MAX_SET_BYTES = 0xffff;
/**
 * Longest record, bytes. Each track keeps its own for as long as its stream is known. Encoders send less than 200 bytes, and
 * less than 2,000 with scaling lists.
 */
export const MAX_RECORD_BYTES = 64 * 1024;

/** Parses a record; it is copied so that it does not hold a message's memory. Start codes in it are taken off. */
export function parseAvcConfig(body: Buffer): AvcConfig {
  requireSize(body);
  if (isAnnexB(body)) return avcConfigOf(setsOf(annexBNalUnits(body)), 4);
  const { sets, lengthSize } = readRecord(body);
  if ([...sets.sps, ...sets.pps].some((set) => startCodeBytes(set, 0) > 0)) {
    const nalUnits = [...sets.sps, ...sets.pps].flatMap((set) =>
      startCodeBytes(set, 0) > 0 ? annexBNalUnits(set) : [set],
    );
    return avcConfigOf(setsOf(nalUnits), lengthSize);
  }
  return configOf(Buffer.from(body), sets, lengthSize);
}

/** A configuration of parameter sets that came by themselves. Throws GatewayError when they are no configuration. */
export function avcConfigOf(sets: ParameterSets, lengthSize: number): AvcConfig {
  const [sps] = sets.sps;
  if (sps === undefined || sps.length < MIN_SPS_BYTES) throw badConfig('the AVC configuration has no SPS');
  if (sets.pps.length === 0) throw badConfig('the AVC configuration has no PPS');
  if (sets.sps.length > MAX_SPS_COUNT || sets.pps.length > MAX_PPS_COUNT)
    throw badConfig(`${sets.sps.length} SPS and ${sets.pps.length} PPS do not fit an AVC configuration`);
  const parts: Buffer[] = [Buffer.of(1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xfc | (lengthSize - 1))];
  const addAll = (count: number, nalUnits: readonly Buffer[]): void => {
    parts.push(Buffer.of(count));
    for (const nalUnit of nalUnits) {
      if (nalUnit.length > MAX_SET_BYTES)
        throw badConfig(`a parameter set cannot have ${nalUnit.length} bytes`);
      parts.push(Buffer.of(nalUnit.length >> 8, nalUnit.length & 0xff), nalUnit);
    }
  };
  addAll(0xe0 | sets.sps.length, sets.sps);
  addAll(sets.pps.length, sets.pps);
  return configOf(Buffer.concat(parts), sets, lengthSize);
}

/** The parameter sets of a configuration, without a copy. */
export function parameterSetsOf(config: AvcConfig): ParameterSets {
  return readRecord(config.record).sets;
}

function configOf(record: Buffer, sets: ParameterSets, lengthSize: number): AvcConfig {
  requireSize(record);
  const sps = parseSequenceParameters(sets.sps[0] ?? Buffer.alloc(0));
  return { kind: 'avc', record, codecString: `avc1.${record.toString('hex', 1, 4)}`, lengthSize, sps };
}

function readRecord(body: Buffer): { readonly sets: ParameterSets; readonly lengthSize: number } {
  const reader = new ByteReader(body, 'AVCDecoderConfigurationRecord');
  const version = reader.u8();
  if (version !== 1)
    throw badConfig(`the AVC configuration is neither a record (version ${version}, not 1) nor Annex B`);
  reader.skip(3);
  const lengthSize = (reader.u8() & 0b11) + 1;
  if (lengthSize === 3) throw badConfig('NAL unit lengths cannot have 3 bytes');
  const readAll = (count: number): Buffer[] =>
    Array.from({ length: count }, () => reader.bytes(reader.u16()));
  const sps = readAll(reader.u8() & 0b1_1111);
  if (sps.length === 0) throw badConfig('the AVC configuration holds no SPS');
  // Report a damaged first SPS before a missing PPS.
  if (startCodeBytes(sps[0] ?? body, 0) === 0) parseSequenceParameters(sps[0] ?? body);
  const pps = readAll(reader.u8());
  if (pps.length === 0) throw badConfig('the AVC configuration holds no PPS');
  return { sets: { sps, pps }, lengthSize };
}

function setsOf(nalUnits: readonly Buffer[]): ParameterSets {
  const ofType = (wanted: number): Buffer[] => nalUnits.filter((nal) => nalType(nal[0] ?? 0) === wanted);
  return { sps: ofType(NAL_SPS), pps: ofType(NAL_PPS) };
}

function requireSize(record: Buffer): void {
  if (record.length <= MAX_RECORD_BYTES) return;
  throw badConfig(`the AVC configuration has ${record.length} bytes, and ${MAX_RECORD_BYTES} are allowed`);
}

function badConfig(message: string): GatewayError {
  return new GatewayError('invalid-data', 'bad_avc_config', message);
}
