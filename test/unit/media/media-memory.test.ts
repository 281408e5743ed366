import { describe, expect, it } from 'vitest';
import { GatewayMemory } from '../../../server/media/media-memory.ts';

describe('media memory', () => {
  it('counts what every stream keeps, waiting or stored', () => {
    const gateway = new GatewayMemory(1_000);
    const [first, second] = [gateway.open(600), gateway.open(600)];
    first.openWaiting().set(100);
    const stored = second.openStored();
    stored.set(300);
    stored.set(250);
    expect([first.usedBytes, second.usedBytes, gateway.usedBytes]).toEqual([100, 250, 350]);
  });

  it('leaves for storing what does not wait', () => {
    const stream = new GatewayMemory().open(600);
    const waiting = [stream.openWaiting(), stream.openWaiting()];
    for (const share of waiting) share.set(100);
    expect(stream.maxStoredBytes).toBe(400);
  });

  it('keeps room for as much as waited last, and forgets that slowly', () => {
    const stream = new GatewayMemory().open(600);
    const share = stream.openWaiting();
    share.set(200);
    share.set(0);
    expect(stream.maxStoredBytes).toBe(400);
    stream.settlePeak();
    expect(stream.maxStoredBytes).toBe(420);
    for (let part = 0; part < 100; part += 1) stream.settlePeak();
    expect(stream.maxStoredBytes).toBeCloseTo(600, 1);
  });

  it('refuses by name what waits beyond half of the limit', () => {
    const stream = new GatewayMemory().open(600);
    const share = stream.openWaiting();
    share.set(300);
    expect(() => stream.checkWaiting()).not.toThrow();
    share.set(301);
    expect(() => stream.checkWaiting()).toThrow(expect.objectContaining({ code: 'stream_memory' }));
  });

  it('shrinks streams to equal shares while all together keep too much', () => {
    const gateway = new GatewayMemory(1_000);
    const streams = [1, 2, 3, 4].map(() => gateway.open(600));
    expect(streams.map(({ maxStoredBytes }) => maxStoredBytes)).toEqual([600, 600, 600, 600]);
    const stored = streams.slice(0, 2).map((stream) => stream.openStored());
    for (const share of stored) share.set(501);
    expect(streams.map(({ maxStoredBytes }) => maxStoredBytes)).toEqual([250, 250, 250, 250]);
    for (const share of stored) share.set(250);
    expect(streams[0]?.maxStoredBytes).toBe(600);
  });

  it('ends by name a stream that keeps more than its share while all keep far too much, and no other', () => {
    const gateway = new GatewayMemory(1_000);
    const [large, small] = [gateway.open(2_000), gateway.open(2_000)];
    large.openStored().set(1_050);
    small.openStored().set(60);
    expect(() => large.checkWaiting()).toThrow(expect.objectContaining({ code: 'server_busy' }));
    expect(() => small.checkWaiting()).not.toThrow();
  });

  it('counts a stream until it is closed, once', () => {
    const gateway = new GatewayMemory(8 * 1024 * 1024);
    const streams = [gateway.open(1), gateway.open(1)];
    expect(gateway.hasRoomWithout([])).toBe(false);
    streams[0]?.close();
    streams[0]?.close();
    expect(gateway.hasRoomWithout([])).toBe(true);
    expect(gateway.fairShareBytes).toBe(8 * 1024 * 1024);
  });
});
