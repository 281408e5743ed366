// The workaround for a fault of hls.js, with the reproduction of docs/hls-js-last-part.md.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

type Tracker = {
  readonly getState: (frag: unknown) => string;
} & Readonly<
  Record<'onFragLoaded' | 'onBufferAppended' | 'onFragBuffered', (event: string, data: unknown) => void>
>;

beforeAll(() => vi.stubGlobal('self', globalThis)); // hls.js expects a browser's global scope
afterAll(() => vi.unstubAllGlobals());

/** Parts 0 to 8 of ten are buffered when the playlist, which has just closed the segment, lists part 9. */
async function stateOfClosedSegment(listed: readonly number[]): Promise<string> {
  const { default: Hls, Events } = await import('hls.js');
  const { keepUnfinished } = await import('../../../../web/player/unfinished-fragment.ts');
  const hls = new Hls({ lowLatencyMode: true });
  keepUnfinished(hls);
  const info = { startPTS: 12, endPTS: 13.8, startDTS: 12, endDTS: 13.8, partial: false };
  const frag = {
    ...{ type: 'main', level: 0, sn: 100, cc: 0, start: 12, end: 14, duration: 2, gap: false },
    ...{ relurl: 'segment-100.m4s', elementaryStreams: { audiovideo: info } },
    clearElementaryStreamInfo: () => undefined,
  };
  const part = {
    ...{ index: 8, start: 13.6, end: 13.8, duration: 0.2, fragment: frag, loaded: true },
    elementaryStreams: {},
  };
  const details = { partList: listed.map((index) => ({ fragment: frag, index })) };
  vi.spyOn(hls, 'latestLevelDetails', 'get').mockReturnValue(details as never);
  hls.emit(Events.FRAG_PARSED, Events.FRAG_PARSED, { frag, part } as never);
  const tracker = (hls as unknown as { streamController: { fragmentTracker: Tracker } }).streamController
    .fragmentTracker;
  const buffered = { length: 1, start: () => 12, end: () => 13.8 };
  tracker.onFragLoaded(Events.FRAG_LOADED, { frag, part });
  tracker.onBufferAppended(Events.BUFFER_APPENDED, { frag, part, timeRanges: { audiovideo: buffered } });
  tracker.onFragBuffered(Events.FRAG_BUFFERED, { frag, part, id: 'main' });
  const state = tracker.getState(frag);
  hls.destroy();
  return state;
}

it.each([
  [[7, 8, 9], 'PARTIAL'],
  [[7, 8], 'OK'],
])('a closed segment with parts %j, loaded up to part 8, is %s', async (listed, state) => {
  expect(await stateOfClosedSegment(listed)).toBe(state);
});
