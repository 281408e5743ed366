import { describe, expect, it } from 'vitest';
import { parseAacConfig } from '../../../server/codec/aac.ts';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { audioTrack, type Track, videoTrack } from '../../../server/media/track.ts';
import { writeInitSegment } from '../../../server/mp4/init-segment.ts';
import { AAC_44100, AAC_48000, AAC_CONFIG_CASES, aacConfigCase } from '../../cases/aac-configs.ts';
import { AVC_720P, AVC_CONFIG_CASES } from '../../cases/avc-configs.ts';
import { boxesOf, boxOf, boxTree, inspectMp4 } from '../../cases/inspected-boxes.ts';
import { mp4boxFile } from '../../cases/mp4box-fragment.ts';

const video = (record: Buffer) => videoTrack(parseAvcConfig(record));
const audio = (record: Buffer) => audioTrack(parseAacConfig(record));
const BOTH: readonly Track[] = [video(AVC_720P.record), audio(AAC_48000.record)];

/** The payload of the only box of a type, found by its bytes, without a parser. */
function payloadOf(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type, 0, 'latin1');
  expect(file.indexOf(type, at + 4, 'latin1'), `a second ${type}`).toBe(-1);
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4));
}

describe('writeInitSegment', () => {
  it.each(AVC_CONFIG_CASES)('keeps the decoder record of $name and its size', ({ record, sps }) => {
    const file = writeInitSegment([video(record)]);
    expect(payloadOf(file, 'avcC').toString('hex')).toBe(record.toString('hex'));
    const info = mp4boxFile(file).getInfo();
    expect(info.tracks).toHaveLength(1);
    expect(info.videoTracks[0]).toMatchObject({
      id: 1,
      codec: `avc1.${record.toString('hex', 1, 4)}`,
      timescale: 90_000,
      // The width in square pixels, which players use for layout.
      track_width: Math.round(
        (sps.width * (sps.pixelAspect?.horizontal ?? 1)) / (sps.pixelAspect?.vertical ?? 1),
      ),
      track_height: sps.height,
      video: { width: sps.width, height: sps.height },
    });
  });

  it.each(AVC_CONFIG_CASES)(
    'tells the shape of the pixels of $name, where they are not square',
    ({ record, sps }) => {
      const file = writeInitSegment([video(record)]);
      if (sps.pixelAspect === undefined) return expect(file.includes('pasp')).toBe(false);
      const { horizontal, vertical } = sps.pixelAspect;
      const pasp = payloadOf(file, 'pasp');
      expect([pasp.readUInt32BE(0), pasp.readUInt32BE(4)]).toEqual([horizontal, vertical]);
    },
  );

  it.each(AAC_CONFIG_CASES)('keeps the AudioSpecificConfig of $name', ({ record, rates, channels }) => {
    const file = writeInitSegment([audio(record)]);
    expect(payloadOf(file, 'esds').includes(record)).toBe(true);
    const info = mp4boxFile(file).getInfo();
    expect(info.tracks).toHaveLength(1);
    expect(info.audioTracks[0]).toMatchObject({
      id: 2,
      timescale: rates[0],
      audio: { sample_rate: rates[0] < 65_536 ? rates[0] : 0, channel_count: channels, sample_size: 16 },
    });
  });

  it('is a fragmented CMAF header to mp4box', () => {
    const info = mp4boxFile(writeInitSegment(BOTH)).getInfo();
    expect(info).toMatchObject({ isFragmented: true, hasMoov: true, timescale: 1_000, duration: 0 });
    expect(info.mime).toContain('codecs="avc1.64001f,mp4a.40.2"');
    for (const track of info.tracks)
      expect(track).toMatchObject({ language: 'und', nb_samples: 0, duration: 0 });
    expect(info.audioTracks[0]).toMatchObject({ track_width: 0, track_height: 0, volume: 1 });
    expect(info.videoTracks[0]).toMatchObject({ volume: 0 });
  });

  it('is the same to mux.js', () => {
    const boxes = inspectMp4(writeInitSegment(BOTH));
    expect(boxOf(boxes, 'ftyp')).toMatchObject({
      majorBrand: 'iso6',
      minorVersion: 0,
      compatibleBrands: ['iso6', 'cmfc', 'mp41'],
    });
    const table = 'stbl(stsd stts stsc stsz stco)';
    const trak = (header: string) => `trak(tkhd mdia(mdhd hdlr minf(${header} dinf(dref) ${table})))`;
    expect(boxTree(boxes)).toBe(`ftyp moov(mvhd ${trak('vmhd')} ${trak('smhd')} mvex(trex trex))`);
    expect(boxOf(boxes, 'mvhd')).toMatchObject({ timescale: 1_000, duration: 0, rate: 1, volume: 1 });
    expect(boxesOf(boxes, 'tkhd')).toMatchObject([
      { trackId: 1, duration: 0, width: 1_280, height: 720, volume: 0 },
      { trackId: 2, duration: 0, width: 0, height: 0, volume: 1 },
    ]);
    expect(boxesOf(boxes, 'mdhd')).toMatchObject([
      { timescale: 90_000, duration: 0, language: 'und' },
      { timescale: 48_000, duration: 0, language: 'und' },
    ]);
    expect(boxesOf(boxes, 'hdlr')).toMatchObject([{ handlerType: 'vide' }, { handlerType: 'soun' }]);
    expect(boxesOf(boxes, 'trex')).toMatchObject([
      { trackId: 1, defaultSampleDescriptionIndex: 1 },
      { trackId: 2, defaultSampleDescriptionIndex: 1 },
    ]);
  });

  it('describes the samples so that mux.js finds the codecs', () => {
    const entries = boxesOf(inspectMp4(writeInitSegment(BOTH)), 'stsd').map(
      (box) => box['sampleDescriptions'],
    );
    expect(entries).toMatchObject([
      [
        {
          type: 'avc1',
          dataReferenceIndex: 1,
          width: 1_280,
          height: 720,
          horizresolution: 72,
          vertresolution: 72,
          frameCount: 1,
          depth: 24,
          config: [{ type: 'avcC', lengthSizeMinusOne: 3, sps: [new Uint8Array(AVC_720P.spsNal)] }],
        },
      ],
      [
        {
          type: 'mp4a',
          dataReferenceIndex: 1,
          channelcount: 2,
          samplesize: 16,
          samplerate: 48_000,
          streamDescriptor: {
            type: 'esds',
            decoderConfig: {
              objectProfileIndication: 0x40,
              streamType: 5,
              decoderConfigDescriptor: {
                tag: 5,
                length: AAC_48000.record.length,
                audioObjectType: 2,
                samplingFrequencyIndex: 3,
                channelConfiguration: 2,
              },
            },
          },
        },
      ],
    ]);
  });

  it('writes the tracks in the order they come in', () => {
    const order = (tracks: readonly Track[]) =>
      boxesOf(inspectMp4(writeInitSegment(tracks)), 'tkhd').map(({ trackId }) => trackId);
    expect(order(BOTH)).toEqual([1, 2]);
    expect(order(BOTH.toReversed())).toEqual([2, 1]);
  });

  it('leaves out a sample rate that does not fit its 16 bits', () => {
    const { record } = aacConfigCase('LC stereo 96 kHz');
    const boxes = inspectMp4(writeInitSegment([audio(record)]));
    expect(boxOf(boxes, 'mdhd')).toMatchObject({ timescale: 96_000 });
    expect(boxOf(boxes, 'stsd')).toMatchObject({ sampleDescriptions: [{ samplerate: 0 }] });
  });

  it('is the same bytes for the same tracks, in memory of its own', () => {
    const file = writeInitSegment(BOTH);
    expect(writeInitSegment(BOTH)).toEqual(file);
    expect(file.buffer.byteLength).toBe(file.length);
    expect(file.length).toBeLessThan(1_400);
  });

  it('does not take neighbours of a record in pooled memory for the record', () => {
    const pooled = Buffer.concat([Buffer.alloc(64, 0xee), AAC_44100.record]).subarray(64);
    const config = { ...parseAacConfig(pooled), record: pooled };
    const avc = Buffer.concat([Buffer.alloc(64, 0xee), AVC_720P.record]).subarray(64);
    const tracks = [videoTrack({ ...parseAvcConfig(avc), record: avc }), audioTrack(config)];
    const file = writeInitSegment(tracks);
    expect(payloadOf(file, 'avcC')).toEqual(AVC_720P.record);
    expect(payloadOf(file, 'esds').includes(AAC_44100.record)).toBe(true);
  });
});
