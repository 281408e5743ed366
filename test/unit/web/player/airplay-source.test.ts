// The second source for televisions: in the video as long as hls.js is attached to it.
import { EventEmitter } from 'node:events';
import { Events } from 'hls.js';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Its types need those of a browser.
const FILE: string = '../../../../web/player/airplay-source.ts';
const URL_OF_STREAM = 'https://h/live/show/index.m3u8';

type Source = { src: string; readonly remove: () => void };

const children: Source[] = [];
const video = {
  disableRemotePlayback: true,
  append: (child: Source): void => void children.push(child),
};

beforeAll(() => {
  vi.stubGlobal('window', { WebKitPlaybackTargetAvailabilityEvent: {} });
  vi.stubGlobal('document', {
    createElement: (): Source => {
      const source: Source = { src: '', remove: () => void children.splice(children.indexOf(source), 1) };
      return source;
    },
  });
});

afterAll(() => {
  vi.unstubAllGlobals();
});

test('is there once, also after a repair, and is gone before the video loads without hls.js', async () => {
  const { offerAirPlay } = await import(FILE);
  const hls = new EventEmitter();
  offerAirPlay(hls, video, URL_OF_STREAM);
  for (let repair = 0; repair < 2; repair += 1) {
    hls.emit(Events.MEDIA_ATTACHED);
    expect(children.map(({ src }) => src)).toEqual([URL_OF_STREAM]);
    expect(video.disableRemotePlayback).toBe(false);
    hls.emit(Events.MEDIA_DETACHING);
    expect(children).toEqual([]);
  }
});
