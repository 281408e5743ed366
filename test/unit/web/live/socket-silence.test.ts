// A silent socket is closed, whenever it becomes silent. One that is only quiet gets a ping first.
import { describe, expect, it } from 'vitest';
import { SocketSilence } from '../../../../web/live/socket-silence.ts';

/** Checks once a second; returns each result. */
function lookFor(silence: SocketSilence, fromMs: number, seconds: number): string[] {
  return Array.from({ length: seconds }, (_, second) => silence.look(fromMs + (second + 1) * 1_000));
}

describe('a silent socket', () => {
  it('that opens and never says anything is dead after five seconds', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    expect(lookFor(silence, 0, 5)).toEqual(['fine', 'fine', 'fine', 'fine', 'dead']);
  });

  it('that says hello and no more is dead as well', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    silence.heard(100, 'hello');
    expect(lookFor(silence, 0, 5).at(-1)).toBe('dead');
  });

  it('that had told the state is asked, and dead without an answer', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    silence.heard(0, 'status');
    const looks = lookFor(silence, 0, 20);
    expect([looks.indexOf('probe'), looks.indexOf('dead')]).toEqual([14, 19]);
  });

  it('that had told numbers every second is found sooner', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    silence.heard(0, 'status');
    silence.heard(0, 'tick');
    const looks = lookFor(silence, 0, 10);
    expect([looks.indexOf('probe'), looks.indexOf('dead')]).toEqual([4, 9]);
  });

  it('that answers when it is asked lives on', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    silence.heard(0, 'status');
    for (let roundMs = 0; roundMs < 600_000; roundMs += 16_000) {
      expect(lookFor(silence, roundMs, 16)).not.toContain('dead');
      silence.heard(roundMs + 16_000, 'pong');
    }
  });

  it('begins anew with the next one', () => {
    const silence = new SocketSilence();
    silence.opened(0);
    silence.heard(0, 'status');
    silence.opened(100_000);
    expect(lookFor(silence, 100_000, 5)).toEqual(['fine', 'fine', 'fine', 'fine', 'dead']);
  });
});
