import { describe, expect, it } from 'vitest';
import { stageView, viewState } from '../../../../web/stage/stage-view.ts';

type Facts = Parameters<typeof stageView>[0];

/** The names of the layers that are shown. */
function shown(state: Facts['state'], playback: Facts['playback']): string {
  const layers = Object.entries(stageView({ state, playback }));
  return layers
    .filter(([, isShown]) => isShown)
    .map(([layer]) => layer)
    .join(' ');
}

describe('stageView', () => {
  it.each([
    ['unknown', 'idle', 'card'],
    ['offline', 'idle', 'card'],
    ['starting', 'idle', 'card'],
    ['live', 'loading', 'spinner'],
    ['live', 'playing', ''],
    ['live', 'buffering', 'spinner'],
    ['live', 'paused', ''],
    ['live', 'waiting-for-click', 'bigPlay'],
    ['stalled', 'idle', 'card'],
    ['stalled', 'playing', 'banner'],
    ['stalled', 'buffering', 'banner'],
    ['stalled', 'waiting-for-click', 'bigPlay'],
    ['reconnecting', 'playing', 'banner'],
    ['starting', 'buffering', 'banner'],
    ['ended', 'playing', ''],
    ['ended', 'buffering', 'card'],
    ['ended', 'ended', 'card'],
    ['ended', 'waiting-for-click', 'card'],
    ['starting', 'ended', 'card'],
    ['offline', 'playing', 'card'],
    ['unsupported', 'unsupported', 'card'],
    ['denied', 'denied', 'card'],
    ['denied', 'buffering', 'card'],
    ['unreachable', 'idle', 'card'],
    ['viewer-offline', 'idle', 'card'],
    ['viewer-offline', 'buffering', 'banner'],
    ['viewer-offline', 'waiting-for-click', 'card'],
    ['unreachable', 'buffering', 'banner'],
  ] as const)('shows for %s while %s: %s', (state, playback, layers) => {
    expect(shown(state, playback)).toBe(layers);
  });
});

describe('viewState', () => {
  it.each([
    ['nothing heard yet', undefined, undefined, 'idle', 'unknown'],
    ['the server out of reach from the start', undefined, false, 'idle', 'unreachable'],
    ['the stream’s own state', 'stalled', true, 'playing', 'stalled'],
    ['the last state while the picture goes on without the link', 'live', false, 'playing', 'live'],
    ['no link and no picture', 'live', false, 'loading', 'unreachable'],
    ['no link and nothing left to play', 'live', false, 'buffering', 'unreachable'],
    ['a playlist that ended while the link was down', 'live', false, 'ended', 'ended'],
    ['an end that was told before the link was lost', 'ended', false, 'idle', 'ended'],
    ['an end that was told, and a wait for the last pictures', 'ended', false, 'buffering', 'ended'],
    ['a codec this browser lacks', 'live', true, 'unsupported', 'unsupported'],
  ] as const)('tells of %s', (_what, stream, isLinkUp, playback, state) => {
    expect(viewState({ stream, isLinkUp, playback })).toBe(state);
  });

  it.each([
    ['no network and no picture', 'idle', 'viewer-offline'],
    ['no network, and nothing left to play', 'buffering', 'viewer-offline'],
    ['a picture that goes on without a network', 'playing', 'live'],
    ['a stream that ended before the network was lost', 'ended', 'viewer-offline'],
  ] as const)('tells of %s', (_what, playback, state) => {
    expect(viewState({ stream: 'live', isLinkUp: true, isDeviceOffline: true, playback })).toBe(state);
  });

  it.each([
    ['no access from the start', 'idle', 'denied'],
    ['access that expired at the gateway, while a picture still plays', 'playing', 'live'],
    ['access that expired, and nothing left to play', 'buffering', 'denied'],
    ['a player that was refused', 'denied', 'denied'],
  ] as const)('tells of %s', (_what, playback, state) => {
    expect(viewState({ stream: 'live', isLinkUp: true, isDenied: playback !== 'denied', playback })).toBe(
      state,
    );
  });
});
