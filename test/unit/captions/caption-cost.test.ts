// The cost of a picture that was made to waste time: screens and rows are counted, not timed.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptionDecoder } from '../../../server/captions/caption-decoder.ts';
import { shownText } from '../../../server/captions/row-text.ts';
import { screenRows } from '../../../server/captions/window-rows.ts';
import { accessUnit, NAL, nalUnit } from '../../cases/access-units.ts';
import {
  CARRIAGE_RETURN,
  type Code,
  defineWindow,
  END_OF_TEXT,
  hideWindows,
  letters,
  packet,
  servicePacket,
  setCurrentWindow,
  setPenLocation,
  setPenStyle,
  toggleWindows,
} from '../../cases/captions-dtvcc.ts';
import { address, characters, command } from '../../cases/captions-line21.ts';
import { FRAME_TICKS } from '../../cases/captions-pictures.ts';
import { type CaptionTriplet, captionPayload, captionSei, seiNal } from '../../cases/captions-sei.ts';

vi.mock('../../../server/captions/window-rows.ts', async (original) => {
  const module = await original<typeof import('../../../server/captions/window-rows.ts')>();
  return { ...module, screenRows: vi.fn(module.screenRows) };
});
vi.mock('../../../server/captions/row-text.ts', async (original) => {
  const module = await original<typeof import('../../../server/captions/row-text.ts')>();
  return { ...module, shownText: vi.fn(module.shownText) };
});

const SERVICES = [1, 2, 3, 4, 5, 6] as const;
const WINDOWS = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const ROWS = 16;
const MAX_PAIRS = 31;

type Cost = { readonly screens: number; readonly rows: number };

/** Pictures in sequence, each read when it arrives. */
class Screen {
  readonly decoder = new CaptionDecoder();
  #pts = 0;

  get pts(): number {
    return this.#pts;
  }

  take(...messages: readonly (readonly CaptionTriplet[])[]): Cost {
    vi.clearAllMocks();
    const sei = seiNal(messages.map((triplets) => [4, captionPayload(triplets)]));
    this.decoder.push(accessUnit(4, [sei, nalUnit(NAL.slice)]), { lengthSize: 4 }, this.#pts);
    this.#pts += FRAME_TICKS;
    this.decoder.advance(this.#pts);
    return { screens: vi.mocked(screenRows).mock.calls.length, rows: vi.mocked(shownText).mock.calls.length };
  }

  /** Writes to every row of all windows of a service; the last window is the current one. */
  fill(service: number): void {
    for (const window of WINDOWS) {
      const definition = { isVisible: true, rows: ROWS, columns: 64, vertical: 0, anchorPoint: 0 };
      this.take(servicePacket(service, [defineWindow(window, definition)]));
      for (let row = 0; row < ROWS; row += 1)
        this.take(servicePacket(service, [setPenLocation(row, 0), ...letters(`ROW ${row} OF ${window}`)]));
    }
  }
}

/** As many blocks of one byte as fit into a picture. */
function blocksOfOne(service: number, code: Code): CaptionTriplet[] {
  const blocks = Array.from({ length: 30 }, () => [(service << 5) | 1, ...code]);
  const triplets = packet(blocks);
  expect(triplets).toHaveLength(MAX_PAIRS);
  return triplets;
}

beforeEach(() => {
  vi.clearAllMocks();
});

describe('the screen of a CEA-708 service', () => {
  it('is built once a picture, however many blocks it has', () => {
    const screen = new Screen();
    screen.fill(1);
    expect(screen.take(blocksOfOne(1, [0x41])).screens).toBe(1);
    expect(screen.take(blocksOfOne(1, CARRIAGE_RETURN)).screens).toBe(1);
  });

  it('is built once a picture, however many packets it has', () => {
    const screen = new Screen();
    screen.fill(1);
    const packets = Array.from({ length: 15 }, () => servicePacket(1, letters('A')));
    expect(screen.take(packets.flat()).screens).toBe(1);
  });

  it('is one of six at most', () => {
    const screen = new Screen();
    for (const service of SERVICES) screen.fill(service);
    const blocks = Array.from({ length: 30 }, (_, at) => [((1 + (at % 6)) << 5) | 1, 0x41]);
    expect(screen.take(packet(blocks)).screens).toBe(6);
  });

  it('is built twice when letters end a cue, and another begins', () => {
    const screen = new Screen();
    screen.fill(1);
    const rolled = Array.from({ length: 6 }, () => [CARRIAGE_RETURN, ...letters('AB')]).flat();
    expect(screen.take(servicePacket(1, [...letters('ONE'), ...rolled])).screens).toBe(2);
  });

  it('is built 250 times a second at most, and for the last picture of a part', () => {
    const screen = new Screen();
    screen.fill(1);
    vi.clearAllMocks();
    const sei = captionSei(servicePacket(1, letters('A')));
    const TICKS_OF_A_MS = 90;
    for (let ms = 0; ms < 200; ms += 1)
      screen.decoder.push(
        accessUnit(4, [sei, nalUnit(NAL.slice)]),
        { lengthSize: 4 },
        screen.pts + ms * TICKS_OF_A_MS,
      );
    screen.decoder.advance(Number.POSITIVE_INFINITY);
    expect(vi.mocked(screenRows).mock.calls.length).toBe(51);
  });

  it('is not built for what nobody sees', () => {
    const screen = new Screen();
    screen.fill(1);
    const unseen: Code[] = [setPenLocation(2, 2), setPenStyle({ italics: true }), END_OF_TEXT];
    expect(screen.take(servicePacket(1, [...unseen, setCurrentWindow(3), toggleWindows()])).screens).toBe(0);
    screen.take(servicePacket(1, [hideWindows(3)]));
    expect(screen.take(servicePacket(1, [...letters('HIDDEN'), CARRIAGE_RETURN])).screens).toBe(0);
    expect(screen.take([]).screens).toBe(0);
    expect(screen.take(servicePacket(1, [setCurrentWindow(4), ...letters('SEEN')])).screens).toBe(1);
  });

  it('reads those rows again that were written to', () => {
    const screen = new Screen();
    screen.fill(1);
    expect(screen.take(blocksOfOne(1, [0x41])).rows).toBe(1);
    expect(screen.take(servicePacket(1, [CARRIAGE_RETURN, ...letters('B')])).rows).toBe(1);
    expect(screen.take(servicePacket(1, [toggleWindows(0, 1), toggleWindows(0)])).rows).toBe(0);
  });
});

describe('the screen of a CEA-608 channel', () => {
  it('is read once a picture, however many pairs it has', () => {
    const screen = new Screen();
    const pairs = [
      ...command('CC1', 'resumeDirect'),
      ...Array.from({ length: 15 }, (_, at) => [
        ...address('CC1', { line: at + 1 }),
        ...characters('PAINTED IN ONE PICTURE'),
      ]).flat(),
    ];
    const triplets = pairs.map((pair) => ({ type: 0, pair }) as const);
    const messages = Array.from({ length: Math.ceil(pairs.length / MAX_PAIRS) }, () =>
      triplets.splice(0, MAX_PAIRS),
    );
    expect(screen.take(...messages).rows).toBe(15);
    expect(screen.take([{ type: 0, pair: 0x8080 }]).rows).toBe(0);
    const [cue] = screen.decoder.channels[0]?.cut(FRAME_TICKS) ?? [];
    expect(cue?.rows).toHaveLength(15);
    expect(cue?.rows[14]).toEqual({ line: 15, position: 10, text: 'PAINTED IN ONE PICTURE' });
  });

  it('is read twice when letters end a cue, and another begins', () => {
    const screen = new Screen();
    const take = (pairs: readonly number[]): Cost =>
      screen.take(pairs.map((pair) => ({ type: 0, pair }) as const));
    take([...command('CC1', 'rollUp2'), ...address('CC1', { line: 15 }), ...characters('FIRST')]);
    const [carriageReturn = 0] = command('CC1', 'carriageReturn');
    const rolled = characters('AB').flatMap((pair) => [pair, carriageReturn]);
    expect(take([...characters(' ONE'), carriageReturn, ...characters('SECOND'), ...rolled]).rows).toBe(30);
    expect(screen.decoder.channels.map((channel) => channel.cut(9 * FRAME_TICKS))).toEqual([
      [
        {
          start: 0,
          end: FRAME_TICKS,
          rows: [{ line: 15, position: 10, text: 'FIRST ONE' }],
          goesOn: false,
        },
        {
          start: FRAME_TICKS,
          end: 9 * FRAME_TICKS,
          rows: [{ line: 14, position: 10, text: 'SECONDAB' }],
          goesOn: false,
        },
      ],
    ]);
  });
});
