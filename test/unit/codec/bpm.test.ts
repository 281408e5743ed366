// What OBS reports about itself in SEI messages: bytes as it writes them, other people's SEI, and bad bytes.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { BpmReader, type BpmReport, bpmNalUnits } from '../../../server/codec/bpm.ts';
import { seiNalUnit } from '../../../server/codec/sei.ts';
import { accessUnit, LENGTH_SIZES, NAL, nalUnit } from '../../cases/access-units.ts';

const TS = '0aecffe752724e2fa62fd19cd61a93b5';
const SM = 'ca60e71c6a8b4388a377151df7bf8ac2';
const ERM = 'f1fbc1d5101e4fb5a61eb8ce3c07b8c0';
const text = (time: string) => `${Buffer.from(time).toString('hex')}00`;
const COMPOSED = '2026-03-01T12:00:00.125Z';
const SENT = '2026-03-01T12:00:00.375Z';

/** The four times, four counters of the session and three of the rendition, field by field. */
const TIMES_BODY = `${TS}03 0101${text(COMPOSED)} 0102${text('2026-03-01T12:00:00.126Z')} 0103${text('2026-03-01T12:00:00.200Z')} 0104${text(SENT)}`;
const SESSION_BODY = `${SM}00 0104${text(SENT)} 03 010000003c 0200000002 0300000001 0400010000`;
const RENDITION_BODY = `${ERM}00 0104${text(SENT)} 02 010000003c 0200000003 0300000039`;

const unit = (body: string) => seiNalUnit(5, Buffer.from(body.replaceAll(' ', ''), 'hex'));
const read = (units: readonly Buffer[], lengthSize: 1 | 2 | 4 = 4) =>
  new BpmReader().read(accessUnit(lengthSize, units), lengthSize);

const WHOLE: BpmReport = {
  times: {
    composedAt: Date.parse(COMPOSED),
    encodeRequestedAt: Date.parse(COMPOSED) + 1,
    encodedAt: Date.parse(COMPOSED) + 75,
    interleavedAt: Date.parse(SENT),
  },
  counts: { rendered: 60, lagged: 2, dropped: 1, output: 65_536, input: 60, skipped: 3, encoded: 57 },
};

describe('the reader', () => {
  it.each(LENGTH_SIZES)('reads the three messages of OBS, with lengths of %s bytes', (lengthSize) => {
    const units = [nalUnit(NAL.delimiter, 2), nalUnit(NAL.sps), nalUnit(NAL.pps)];
    const messages = [TIMES_BODY, SESSION_BODY, RENDITION_BODY].map(unit);
    expect(read([...units, ...messages, nalUnit(NAL.idr)], lengthSize)).toEqual(WHOLE);
  });

  it('reads what the writer writes', () => {
    expect(read([...bpmNalUnits(WHOLE), nalUnit(NAL.idr)])).toEqual(WHOLE);
  });

  it('keeps nothing of a picture that it has read', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const reader = new BpmReader();
    const readOne = (): WeakRef<Buffer> => {
      const picture = accessUnit(4, [...bpmNalUnits(WHOLE), nalUnit(NAL.idr)]);
      expect(reader.read(picture, 4)).toEqual(WHOLE);
      return new WeakRef(picture);
    };
    const picture = readOne();
    // What a WeakRef has just been made of is kept until the end of the turn.
    await nextTurn();
    collectGarbage();
    expect(picture.deref()).toBeUndefined();
    expect(reader.read(Buffer.alloc(0), 4)).toBeUndefined();
  });

  it('reads counters whose zeros have emulation prevention bytes', () => {
    const counts = { ...WHOLE.counts, lagged: 0, dropped: 1, output: 0, skipped: 256 };
    const units = bpmNalUnits({ ...WHOLE, counts });
    expect(units[1]?.includes(Buffer.from([0, 0, 3]))).toBe(true);
    expect(read(units)).toEqual({ ...WHOLE, counts });
  });

  it('finds nothing in the SEI of others, nor behind the first slice', () => {
    const other = seiNalUnit(5, Buffer.from('dc45e9bde6d948b7962cd820d923eeef78323634', 'hex'));
    expect(read([other, nalUnit(NAL.idr)])).toBeUndefined();
    expect(read([seiNalUnit(4, Buffer.from(TIMES_BODY.replaceAll(' ', ''), 'hex'))])).toBeUndefined();
    expect(read([unit(`0aecffe7${'00'.repeat(20)}`)])).toBeUndefined();
    expect(read([nalUnit(NAL.idr), unit(SESSION_BODY)])).toBeUndefined();
  });

  it('reads a message behind another one of the same SEI, and the rest where one is damaged', () => {
    expect(read([unit(`${TS}03 0101`), unit(RENDITION_BODY)])?.counts).toEqual({
      input: 60,
      skipped: 3,
      encoded: 57,
    });
    const [first, second] = [unit('00'.repeat(17)), unit(RENDITION_BODY)];
    const joined = Buffer.concat([first.subarray(0, -1), second.subarray(1)]);
    expect(read([joined])?.counts).toMatchObject({ skipped: 3 });
  });

  it('leaves out what it does not know: other tags, forms of time and texts that are none', () => {
    expect(read([unit(`${TS}01 0101${text('yesterday')} 0104${text(SENT)}`)])?.times).toEqual({
      interleavedAt: Date.parse(SENT),
    });
    expect(read([unit(`${TS}01 0301${'00'.repeat(8)} 02040000019cab000000`)])?.times).toEqual({
      interleavedAt: 0x19cab000000,
    });
    expect(read([unit(`${TS}00 0901ffff`)])?.times).toEqual({});
    expect(read([unit(`${ERM}00 0104${text(SENT)} 01 0700000001 0200000005`)])?.counts).toEqual({
      skipped: 5,
    });
  });

  it('reads no further than a message, a picture or a limit allows', () => {
    const whole = unit(SESSION_BODY);
    for (let length = 1; length < whole.length; length += 1)
      expect(Object.values(read([whole.subarray(0, length)])?.counts ?? {}).length).toBeLessThanOrEqual(4);
    expect(read([unit(`${TS}00 0101${'41'.repeat(90)}00`)])?.times).toEqual({});
    expect(read([unit(`${TS}00 0101${'41'.repeat(2_000)}00`)])).toBeUndefined();
    expect(read([...Array.from({ length: 64 }, () => nalUnit(NAL.sei)), whole])).toBeUndefined();
  });
});
