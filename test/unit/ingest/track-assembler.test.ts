// What real encoders send for a picture or a sound frame, and the result. The material is from x264: three slices in a
// picture, B-frames, delimiters.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { parseAvcConfig } from '../../../server/codec/avc.ts';
import { MAX_PREFIX_MESSAGES } from '../../../server/codec/avc-pictures.ts';
import { GatewayError } from '../../../server/errors.ts';
import { type FlvTag, parseFlvFile } from '../../../server/flv/flv-file.ts';
import { TrackAssembler } from '../../../server/ingest/track-assembler.ts';
import type { Sample } from '../../../server/media/sample.ts';
import type { Track } from '../../../server/media/track.ts';

const TAGS = parseFlvFile(readFileSync(new URL('../../cases/sliced.flv', import.meta.url)));
const VIDEO = TAGS.filter(({ kind }) => kind === 'video');
const AUDIO = TAGS.filter(({ kind }) => kind === 'audio');
const CONFIG = VIDEO[0]?.body ?? Buffer.alloc(0);
const PICTURES = VIDEO.filter(({ body }) => body[1] === 1);
const FRAMES = AUDIO.filter(({ body }) => body[1] === 1);
const AUDIO_CONFIG = AUDIO.find(({ body }) => body[1] === 0)?.body ?? Buffer.alloc(0);
const SETS = [
  CONFIG.subarray(13, 13 + CONFIG.readUInt16BE(11)),
  CONFIG.subarray(16 + CONFIG.readUInt16BE(11)),
].map((set, at) => (at === 0 ? set : set.subarray(0, CONFIG.readUInt16BE(14 + CONFIG.readUInt16BE(11)))));

type Heard = { samples: Sample[]; tracks: Track[]; starts: number; leftOut: string[] };

function assembling() {
  const heard: Heard = { samples: [], tracks: [], starts: 0, leftOut: [] };
  const assembler = new TrackAssembler({
    onStart: () => {
      heard.starts += 1;
    },
    onTrack: (track) => heard.tracks.push(track),
    onSample: (sample) => heard.samples.push(sample),
    onLeftOut: (what, { code }) => heard.leftOut.push(`${what}: ${code}`),
  });
  const video = () => heard.samples.filter(({ kind }) => kind === 'video');
  return { assembler, heard, video, sound: () => heard.samples.filter(({ kind }) => kind === 'audio') };
}

function nalUnits(body: Buffer): Buffer[] {
  const units: Buffer[] = [];
  for (let at = 5; at < body.length; ) {
    const length = body.readUInt32BE(at);
    units.push(body.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return units;
}

const lengths = (units: readonly Buffer[]): Buffer =>
  Buffer.concat(
    units.flatMap((unit) => [Buffer.from(unit.length.toString(16).padStart(8, '0'), 'hex'), unit]),
  );
const annexB = (units: readonly Buffer[], code = '00000001'): Buffer =>
  Buffer.concat(units.flatMap((unit) => [Buffer.from(code, 'hex'), unit]));
const withData = (body: Buffer, data: Buffer): Buffer => Buffer.concat([body.subarray(0, 5), data]);
const isSliceUnit = (unit: Buffer): boolean => [1, 5].includes((unit[0] ?? 0) & 31);

/** All pictures, unchanged. */
function plain() {
  const { assembler, video } = assembling();
  assembler.video(0, CONFIG);
  for (const { timestamp, body } of PICTURES) assembler.video(timestamp, body);
  assembler.finish();
  return video();
}

function sendAll(send: (assembler: TrackAssembler, tag: FlvTag) => void, config = CONFIG) {
  const all = assembling();
  all.assembler.video(0, config);
  for (const tag of PICTURES) send(all.assembler, tag);
  all.assembler.finish();
  return all;
}

const slicesOf = (sample: Sample): string[] =>
  nalUnits(Buffer.concat([Buffer.alloc(5), sample.data]))
    .filter(isSliceUnit)
    .map((unit) => unit.toString('base64'));
const timesOf = (samples: readonly Sample[]) => samples.map(({ dts, pts, isSync }) => ({ dts, pts, isSync }));

function expectSamePictures(samples: readonly Sample[]): void {
  expect(timesOf(samples)).toEqual(timesOf(plain()));
  expect(samples.map(slicesOf)).toEqual(plain().map(slicesOf));
}

describe('a picture in several messages', () => {
  it('is joined when each NAL unit comes by itself', () => {
    const { video, assembler } = sendAll((to, { timestamp, body }) => {
      for (const unit of nalUnits(body)) to.video(timestamp, withData(body, lengths([unit])));
    });
    expectSamePictures(video());
    expect(assembler.drops).toMatchObject({ joinedPictures: PICTURES.length, damagedAccessUnits: 0 });
  });

  it('is joined when the parameter sets, SEI and delimiters before it have times of their own', () => {
    const { video } = sendAll((to, { timestamp, body }) => {
      const units = nalUnits(body);
      for (const set of SETS) to.video(Math.max(timestamp - 3, 0), withData(body, lengths([set])));
      for (const unit of units.filter((one) => !isSliceUnit(one)))
        to.video(Math.max(timestamp - 1, 0), withData(body, lengths([unit])));
      to.video(timestamp, withData(body, lengths(units.filter(isSliceUnit))));
    });
    expectSamePictures(video());
  });

  it('is joined when its slices have times a millisecond apart', () => {
    const { video } = sendAll((to, { timestamp, body }) => {
      const slices = nalUnits(body).filter(isSliceUnit);
      slices.forEach((slice, at) => {
        to.video(timestamp + at, withData(body, lengths([slice])));
      });
    });
    expectSamePictures(video());
  });

  it('is not awaited from a source that sends whole pictures', () => {
    const { assembler, video } = assembling();
    assembler.video(0, CONFIG);
    PICTURES.forEach(({ timestamp, body }, at) => {
      assembler.video(timestamp, body);
      expect(video()).toHaveLength(at + 1);
    });
  });

  it('two pictures in one message are two samples', () => {
    const { assembler, video } = assembling();
    assembler.video(0, CONFIG);
    for (let at = 0; at < PICTURES.length; at += 2) {
      const [first, second] = [PICTURES[at], PICTURES[at + 1]];
      const second5 = second === undefined ? Buffer.alloc(0) : second.body.subarray(5);
      if (first !== undefined) assembler.video(first.timestamp, Buffer.concat([first.body, second5]));
    }
    assembler.finish();
    expect(video().map(slicesOf)).toEqual(plain().map(slicesOf));
  });

  it('data without a picture never becomes a sample', () => {
    const { video, assembler } = sendAll((to, { timestamp, body }) => {
      to.video(timestamp, body);
      for (const other of ['0c80', '0a', '0b'])
        to.video(timestamp, withData(body, lengths([Buffer.from(other, 'hex')])));
    });
    expectSamePictures(video());
    expect(assembler.drops.empty).toBe(3 * PICTURES.length);
  });
});

it('keeps no more messages without a picture than belong to one, however small they are', () => {
  const { video, assembler } = assembling();
  assembler.video(0, CONFIG);
  const sei = withData(CONFIG, Buffer.from('000000020680', 'hex'));
  sei[1] = 1;
  for (let at = 0; at < 1_000; at += 1) assembler.video(0, sei);
  expect(assembler.heldBytes).toBe(MAX_PREFIX_MESSAGES * 6);
  expect(assembler.drops.empty).toBe(1_000 - MAX_PREFIX_MESSAGES);
  const [first] = PICTURES;
  assembler.video(0, first?.body ?? Buffer.alloc(0));
  assembler.finish();
  expect(video()).toHaveLength(1);
});

describe('odd NAL units', () => {
  const empty = Buffer.alloc(0);
  it.each<[string, (units: Buffer[]) => Buffer]>([
    ['an empty one in front', (units) => lengths([empty, ...units])],
    ['an empty one between', (units) => lengths(units.flatMap((unit) => [unit, empty]))],
    ['empty ones behind', (units) => lengths([...units, empty, empty])],
    ['one zero byte behind', (units) => Buffer.concat([lengths(units), Buffer.alloc(1)])],
    [
      'three bytes of rubbish behind',
      (units) => Buffer.concat([lengths(units), Buffer.from('abcdef', 'hex')]),
    ],
    [
      'a length behind that leads nowhere',
      (units) => Buffer.concat([lengths(units), Buffer.from('7fffffff0c', 'hex')]),
    ],
  ])('%s are left out and counted, and the picture plays', (_name, write) => {
    const { video, assembler } = sendAll((to, { timestamp, body }) =>
      to.video(timestamp, withData(body, write(nalUnits(body)))),
    );
    expectSamePictures(video());
    expect(assembler.drops).toMatchObject({ oddNalUnits: PICTURES.length, damagedAccessUnits: 0 });
  });

  it('a damaged picture is dropped with those that need it, up to the next key frame', () => {
    let at = 0;
    const { video, assembler } = sendAll((to, { timestamp, body }) => {
      to.video(timestamp, at++ === 5 ? body.subarray(0, -20) : body);
    });
    const wanted = PICTURES.filter((_, index) => index < 5 || index >= 25).length;
    expect(video()).toHaveLength(wanted);
    expect(
      video()
        .map(({ isSync }) => isSync)
        .lastIndexOf(true),
    ).toBe(5);
    expect(assembler.drops).toMatchObject({ damagedAccessUnits: 1, untilSync: 19 });
  });
});

describe('Annex B', () => {
  it.each(['00000001', '000001'])('start codes %s in place of lengths are converted', (code) => {
    const { video, assembler } = sendAll((to, { timestamp, body }) =>
      to.video(timestamp, withData(body, annexB(nalUnits(body), code))),
    );
    expectSamePictures(video());
    expect(assembler.drops.reframed).toBe(PICTURES.length);
  });

  it('start codes behind lengths are taken off, also where one length spans all of them', () => {
    for (const write of [
      (units: Buffer[]) => lengths(units.map((unit) => annexB([unit]))),
      (units: Buffer[]) => lengths([annexB(units)]),
    ]) {
      const { video } = sendAll((to, { timestamp, body }) =>
        to.video(timestamp, withData(body, write(nalUnits(body)))),
      );
      expectSamePictures(video());
    }
  });

  it('a configuration is read with start codes inside it or in its place, or out of the pictures', () => {
    const [sps = Buffer.alloc(0), pps = Buffer.alloc(0)] = SETS;
    const prefixed = (set: Buffer) => Buffer.concat([Buffer.of(0, set.length + 4), annexB([set])]);
    const inside = Buffer.concat([CONFIG.subarray(0, 11), prefixed(sps), Buffer.of(1), prefixed(pps)]);
    const whole = Buffer.concat([CONFIG.subarray(0, 5), annexB([sps, pps])]);
    const expected = parseAvcConfig(CONFIG.subarray(5)).sps;
    for (const config of [inside, whole]) {
      const { heard, video } = sendAll((to, { timestamp, body }) => to.video(timestamp, body), config);
      expect(heard.tracks[0]).toMatchObject({
        config: { codecString: 'avc1.4d400a', lengthSize: 4, sps: expected },
      });
      expectSamePictures(video());
    }
    const { assembler, heard, video } = assembling();
    for (const { timestamp, body } of PICTURES)
      assembler.video(
        timestamp,
        withData(body, annexB(body[0] === 0x17 ? [...SETS, ...nalUnits(body)] : nalUnits(body))),
      );
    expect(heard.tracks).toHaveLength(1);
    expectSamePictures(video());
  });

  it('a NAL unit of 256 to 511 bytes behind its length is not taken for a start code', () => {
    const { video, assembler } = sendAll((to, { timestamp, body }) => {
      const filler = Buffer.alloc(300, 0xff);
      filler[0] = 0x0c;
      to.video(timestamp, withData(body, lengths([filler, ...nalUnits(body)])));
    });
    expectSamePictures(video());
    expect(assembler.drops.reframed).toBe(0);
  });
});

describe('parameter sets in the pictures', () => {
  it('are no news when they are those of the configuration, whose repetitions are none either', () => {
    const { heard, video } = sendAll((to, { timestamp, body }) => {
      to.video(timestamp, CONFIG);
      to.video(timestamp, withData(body, lengths([...SETS, ...nalUnits(body)])));
    });
    expect(heard.tracks).toHaveLength(1);
    expectSamePictures(video());
  });

  it('make a new configuration at a key frame when they differ, once', () => {
    const sps = Buffer.from(SETS[0] ?? []);
    sps[3] = 0x1f;
    const { heard } = sendAll((to, { timestamp, body }) => {
      to.video(timestamp, CONFIG);
      to.video(timestamp, withData(body, lengths([sps, ...nalUnits(body)])));
    });
    expect(heard.tracks.map(({ config }) => config.codecString)).toEqual(['avc1.4d400a', 'avc1.4d401f']);
  });
});

test('what can be decoded from is read from the bytes, and wrong flags are counted', () => {
  for (const head of [0x17, 0x27]) {
    const { video, assembler } = sendAll((to, { timestamp, body }) =>
      to.video(timestamp, Buffer.concat([Buffer.of(head), body.subarray(1)])),
    );
    expectSamePictures(video());
    expect(assembler.drops.wrongKeyFlags).toBe(head === 0x17 ? PICTURES.length - 2 : 2);
  }
});

test('negative composition times keep the order of presentation', () => {
  const { video } = sendAll((to, { timestamp, body }) => {
    const moved = Buffer.from(body);
    moved.writeIntBE(body.readIntBE(2, 3) - 80, 2, 3);
    to.video(timestamp + 200, moved);
  });
  const order = (samples: readonly Sample[]) =>
    samples.map((_, at) => at).sort((left, right) => (samples[left]?.pts ?? 0) - (samples[right]?.pts ?? 0));
  expect(order(video())).toEqual(order(plain()));
  expect(video().some(({ pts, dts }) => pts < dts)).toBe(true);
});

describe('a bad track beside a good one', () => {
  const sendBoth = (change: (tag: FlvTag) => Buffer | undefined) => {
    const all = assembling();
    for (const tag of TAGS) {
      const body = change(tag);
      if (body === undefined || tag.kind === 'script') continue;
      all.assembler[tag.kind](tag.timestamp, body);
    }
    all.assembler.finish();
    return all;
  };

  it.each([
    ['MP3', '2f', 'unsupported_audio_codec'],
    ['Speex', 'b6', 'unsupported_audio_codec'],
    ['PCM', '3e', 'unsupported_audio_codec'],
    ['G.711', '7e', 'unsupported_audio_codec'],
    ['Enhanced RTMP Opus', '914f707573', 'unsupported_audio_codec'],
    ['LATM', 'af0156e00122', 'unsupported_audio_payload'],
  ])('%s is left out and named once', (_name, head, code) => {
    const { heard, video, sound, assembler } = sendBoth(({ kind, body }) =>
      kind === 'audio'
        ? Buffer.from(`${head}00`.slice(0, head.length + (code.endsWith('payload') ? 0 : 2)), 'hex')
        : body,
    );
    expectSamePictures(video());
    expect(sound()).toEqual([]);
    expect(heard.leftOut).toEqual([`audio track a0: ${code}`]);
    expect(assembler.drops).toMatchObject({ leftOut: AUDIO.length, leftOutTracks: { a0: code } });
  });

  it('sound without a configuration is left out when it is clear that none comes', () => {
    const { assembler, heard, video } = assembling();
    for (let round = 0; round < 10; round += 1) {
      for (const { kind, timestamp, body } of TAGS)
        if (kind !== 'script' && !(kind === 'audio' && body[1] === 0))
          assembler[kind](timestamp + round * 2_000, body);
    }
    assembler.finish();
    expect(heard.leftOut).toEqual(['audio track a0: no_config']);
    expect(video()).toHaveLength(10 * PICTURES.length);
  });

  it('video that cannot be played leaves the sound', () => {
    const { heard, sound } = sendBoth(({ kind, body }) =>
      kind === 'video' ? Buffer.from('9168766331000000aa', 'hex') : body,
    );
    expect(sound()).toHaveLength(FRAMES.length);
    expect(heard.leftOut).toEqual(['video track v0: unsupported_video_codec']);
  });

  it('a damaged configuration in mid-stream is told, and what plays goes on', () => {
    const { assembler, heard, video } = sendAll((to, { timestamp, body }) => {
      to.video(timestamp, body);
      to.video(timestamp, CONFIG.subarray(0, 9));
    });
    expectSamePictures(video());
    expect(heard.leftOut).toEqual(['a new configuration of video track v0: truncated']);
    expect(assembler.drops.damagedAccessUnits).toBe(PICTURES.length);
  });

  it('a source of which nothing can be played ends with the reason, at once when both are bad', () => {
    const { assembler } = assembling();
    assembler.audio(0, Buffer.from('2f00', 'hex'));
    expect(() => assembler.video(0, Buffer.from('9068766331', 'hex'))).toThrow(
      expect.objectContaining({ code: 'unsupported_video_codec' }),
    );
    const alone = assembling().assembler;
    alone.audio(0, Buffer.from('2f00', 'hex'));
    expect(() => alone.audio(3_000, Buffer.from('2f00', 'hex'))).toThrow(GatewayError);
    const announced = assembling().assembler;
    announced.metadata({
      hasVideo: false,
      hasAudio: true,
      frameRate: undefined,
      width: undefined,
      height: undefined,
      encoder: undefined,
    });
    expect(() => announced.audio(0, Buffer.from('2f00', 'hex'))).toThrow('MP3');
  });
});

describe('ADTS in AAC tags', () => {
  const adts = (frame: Buffer, hasCrc: boolean): Buffer => {
    const header = Buffer.from(hasCrc ? 'fff05040000000abcd' : 'fff15040000000', 'hex');
    const length = header.length + frame.length;
    header[3] = 0x40 | (length >> 11);
    header[4] = (length >> 3) & 0xff;
    header[5] = ((length & 7) << 5) | 0x1f;
    header[6] = 0xfc;
    return Buffer.concat([header, frame]);
  };
  it.each([
    ['with a configuration', true, false],
    ['without one', false, false],
    ['without one, with a CRC', false, true],
  ])('is taken off %s', (_name, hasConfig, hasCrc) => {
    const { assembler, heard, sound } = assembling();
    if (hasConfig) assembler.audio(0, AUDIO_CONFIG);
    for (const { timestamp, body } of FRAMES)
      assembler.audio(timestamp, Buffer.concat([body.subarray(0, 2), adts(body.subarray(2), hasCrc)]));
    expect(sound().map(({ data }) => data)).toEqual(FRAMES.map(({ body }) => body.subarray(2)));
    expect(heard.tracks).toMatchObject([
      { config: { sampleRate: 44_100, channels: 1, codecString: 'mp4a.40.2' } },
    ]);
    expect(assembler.drops.reframed).toBe(FRAMES.length);
  });

  it('several frames in one tag are as many samples, a frame apart', () => {
    const { assembler, sound } = assembling();
    for (let at = 0; at + 1 < FRAMES.length; at += 2) {
      const [first, second] = [FRAMES[at], FRAMES[at + 1]];
      if (first === undefined || second === undefined) break;
      const frames = [first, second].map(({ body }) => adts(body.subarray(2), false));
      assembler.audio(first.timestamp, Buffer.concat([first.body.subarray(0, 2), ...frames]));
    }
    const times = sound().map(({ dts }) => dts);
    expect(new Set(times.slice(1).map((dts, at) => dts - (times[at] ?? 0)))).toEqual(new Set([1_024]));
  });
});
