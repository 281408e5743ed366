import { describe, expect, it } from 'vitest';
import { codecName, hasAudioCodec, splitCodecs } from '../../../../web/page/codec-name.ts';

describe('codecName', () => {
  it.each([
    ['avc1.64002a', 'H.264 High 4.2'],
    ['avc1.42E01F', 'H.264 Baseline 3.1'],
    ['avc1.4d4028', 'H.264 Main 4.0'],
    ['avc1.99001e', 'H.264 3.0'],
    ['avc1', 'H.264'],
    ['mp4a.40.2', 'AAC-LC'],
    ['mp4a.40.29', 'HE-AAC v2'],
    ['mp4a.40.99', 'AAC'],
    ['hvc1.1.6.L93.B0', 'HEVC'],
    ['av01.0.08M.08', 'AV1'],
    ['opus', 'Opus'],
    ['wow9.1', 'wow9.1'],
  ])('%s is %s', (codec, name) => {
    expect(codecName(codec)).toBe(name);
  });
});

describe('codec lists', () => {
  it('splits at commas and drops blanks', () => {
    expect(splitCodecs(' avc1.64002a , mp4a.40.2,')).toEqual(['avc1.64002a', 'mp4a.40.2']);
  });

  it('knows a list with sound from one without', () => {
    expect(hasAudioCodec('avc1.64002a,mp4a.40.2')).toBe(true);
    expect(hasAudioCodec('avc1.64002a, Opus')).toBe(true);
    expect(hasAudioCodec('avc1.64002a')).toBe(false);
  });
});
