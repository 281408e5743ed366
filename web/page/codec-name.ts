// Readable names for codec strings (RFC 6381): `avc1.64002a` is "H.264 High 4.2".

const H264_PROFILES: Readonly<Record<string, string>> = {
  '42': 'Baseline',
  '4d': 'Main',
  '58': 'Extended',
  '64': 'High',
  '6e': 'High 10',
  '7a': 'High 4:2:2',
  f4: 'High 4:4:4',
};

/** Audio object types of ISO/IEC 14496-3 that encoders use. */
const AAC_OBJECTS: Readonly<Record<string, string>> = { '2': 'AAC-LC', '5': 'HE-AAC', '29': 'HE-AAC v2' };

const FAMILIES: Readonly<Record<string, string>> = {
  avc1: 'H.264',
  avc3: 'H.264',
  hvc1: 'HEVC',
  hev1: 'HEVC',
  av01: 'AV1',
  vp09: 'VP9',
  vp08: 'VP8',
  mp4a: 'AAC',
  opus: 'Opus',
  flac: 'FLAC',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
};

const AUDIO_FAMILIES = new Set(['mp4a', 'opus', 'flac', 'ac-3', 'ec-3']);

/** The name of the codec, with profile and level if the string has them. An unknown string is returned unchanged. */
export function codecName(codec: string): string {
  const [family = '', ...details] = codec.trim().toLowerCase().split('.');
  const name = FAMILIES[family];
  if (name === undefined) return codec.trim();
  if (name === 'H.264') return h264Name(details[0] ?? '');
  if (name === 'AAC') return (details[0] === '40' ? AAC_OBJECTS[details[1] ?? ''] : undefined) ?? name;
  return name;
}

/** Whether the list contains an audio codec. */
export function hasAudioCodec(codecs: string): boolean {
  return splitCodecs(codecs).some((codec) => AUDIO_FAMILIES.has(codec.split('.')[0]?.toLowerCase() ?? ''));
}

/** The codecs of a comma-separated list, without spaces. */
export function splitCodecs(codecs: string): readonly string[] {
  return codecs
    .split(',')
    .map((codec) => codec.trim())
    .filter((codec) => codec !== '');
}

/** ISO/IEC 14496-15: `avc1.PPCCLL` is profile, constraint flags and ten times the level, in hexadecimal. */
function h264Name(bytes: string): string {
  const match = /^([0-9a-f]{2})[0-9a-f]{2}([0-9a-f]{2})$/.exec(bytes);
  if (match === null) return 'H.264';
  const profile = H264_PROFILES[match[1] ?? ''];
  const level = (Number.parseInt(match[2] ?? '', 16) / 10).toFixed(1);
  return ['H.264', profile, level].filter((part) => part !== undefined).join(' ');
}
