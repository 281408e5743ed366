import { describe, expect, it } from 'vitest';
import { codesOf, DtvccPackets, isCharacter, serviceBlocks } from '../../../server/captions/dtvcc-packet.ts';
import {
  type Code,
  defineWindow,
  letters,
  packet,
  pairsOf,
  serviceBlocks as writeBlocks,
} from '../../cases/captions-dtvcc.ts';
import type { CaptionTriplet } from '../../cases/captions-sei.ts';

/** Packets as hexadecimal text, with the number of the pair that completed each. */
function packetsOf(triplets: readonly CaptionTriplet[]): string[] {
  const found: string[] = [];
  let at = 0;
  const packets = new DtvccPackets((bytes) => found.push(`${at} ${Buffer.from(bytes).toString('hex')}`));
  for (const { type, pair } of triplets) {
    packets.push(type === 3, pair);
    at += 1;
  }
  return found;
}

function blocksOf(bytes: readonly number[]): string[] {
  return [...serviceBlocks(Uint8Array.from(bytes))].map(
    ({ service, data }) => `${service} ${Buffer.from(data).toString('hex')}`,
  );
}

function split(bytes: readonly number[]): string[] {
  return [...codesOf(Uint8Array.from(bytes))].map((code) => Buffer.from(code).toString('hex'));
}

describe('DtvccPackets', () => {
  it('gives a packet away with its last pair, before the next one comes', () => {
    expect(packetsOf(pairsOf([0x02, 0x22, 0x41, 0x42]))).toEqual(['1 02224142']);
    expect(packetsOf(pairsOf([0x41, 0x00]))).toEqual(['0 4100']);
  });

  it('reads a size of zero as 128 bytes', () => {
    const bytes = [0xc0, ...Array<number>(127).fill(0)];
    expect(packetsOf(pairsOf(bytes))).toEqual([`63 ${Buffer.from(bytes).toString('hex')}`]);
    expect(packetsOf(pairsOf(bytes).slice(0, 63))).toEqual([]);
  });

  it('gives what came of a packet when the next one begins early', () => {
    const announcedTooLong = pairsOf([0x05, 0x22, 0x41, 0x42]);
    expect(packetsOf([...announcedTooLong, ...pairsOf([0x41, 0x00])])).toEqual(['2 05224142', '2 4100']);
  });

  it('leaves out pairs that belong to no packet', () => {
    expect(packetsOf(pairsOf([0x01, 0x00, 0x41, 0x42]).slice(1))).toEqual([]);
    expect(packetsOf(pairsOf([0x01, 0x00, 0x41, 0x42]))).toEqual(['0 0100']);
  });

  it('forgets what it has begun', () => {
    const found: Uint8Array[] = [];
    const packets = new DtvccPackets((bytes) => found.push(bytes));
    packets.push(true, 0x0222);
    packets.reset();
    packets.push(false, 0x4142);
    expect(found).toEqual([]);
  });
});

describe('serviceBlocks', () => {
  it('finds the blocks of each service', () => {
    expect(blocksOf([4, 0x22, 0x41, 0x42, 0x41, 0x43, 0xc1, 0x44])).toEqual(['1 4142', '2 43', '6 44']);
  });

  it('ends at a null block, and passes over empty ones and services above 6', () => {
    expect(blocksOf([4, 0x21, 0x41, 0x00, 0x21, 0x42])).toEqual(['1 41']);
    expect(blocksOf([4, 0x20, 0x21, 0x41, 0x60])).toEqual(['1 41']);
    expect(blocksOf([4, 0xe2, 0x09, 0x41, 0x42, 0x21, 0x43])).toEqual(['1 43']);
    expect(blocksOf([4, 0x02, 0x41, 0x42, 0x21, 0x43])).toEqual(['1 43']);
  });

  it('takes what is there of a block that the packet cuts short', () => {
    expect(blocksOf([2, 0x25, 0x41, 0x42])).toEqual(['1 4142']);
    expect(blocksOf([2, 0x25])).toEqual([]);
    expect(blocksOf([])).toEqual([]);
  });
});

describe('codesOf', () => {
  it('keeps bytes with the code that they belong to', () => {
    const codes: Code[] = [
      ...letters('A é♪'),
      [0x08],
      [0x11, 0x41],
      [0x18, 0x03, 0xa9],
      [0x83],
      [0x88, 0xff],
      [0x8d, 0x05],
      [0x8e],
      [0x8f],
      [0x90, 1, 2],
      [0x91, 1, 2, 3],
      [0x92, 1, 2],
      [0x93],
      [0x97, 1, 2, 3, 4],
      defineWindow(0),
      defineWindow(7),
      [0x10, 0x25],
      [0x10, 0xa0],
      [0x10, 0x07],
      [0x10, 0x08, 0x41],
      [0x10, 0x17, 0x41, 0x42],
      [0x10, 0x1f, 0x41, 0x42, 0x43],
      [0x10, 0x80, 1, 2, 3, 4],
      [0x10, 0x8f, 1, 2, 3, 4, 5],
      [0x10, 0x90, 0x42, 1, 2],
    ];
    expect(split(codes.flat())).toEqual(codes.map((code) => Buffer.from(code).toString('hex')));
  });

  it('leaves out what a block cuts short', () => {
    for (const code of [[0x18, 1, 2], [0x10, 0x90, 2, 1, 2], defineWindow(1)])
      for (let length = 1; length < code.length; length += 1)
        expect(split([0x41, ...code.slice(0, length)])).toEqual(['41']);
  });

  it('knows characters from commands', () => {
    const characters = [[0x20], [0x7f], [0xa0], [0xff], [0x10, 0x20], [0x10, 0xff], [0x18, 0, 0]];
    const commands = [
      [0x0d],
      [0x80],
      [0x9f, 0, 0, 0, 0, 0, 0],
      [0x10, 0x1f, 0, 0, 0],
      [0x10, 0x80, 0, 0, 0, 0],
    ];
    for (const code of characters) expect(isCharacter(Uint8Array.from(code))).toBe(true);
    for (const code of commands) expect(isCharacter(Uint8Array.from(code))).toBe(false);
  });
});

it('the writer and the readers agree', () => {
  const codes = [
    defineWindow(2, { isVisible: true }),
    ...letters('A LINE THAT NEEDS MORE THAN ONE BLOCK, … TOO'),
  ];
  const found: string[] = [];
  const packets = new DtvccPackets((bytes) => {
    for (const { service, data } of serviceBlocks(bytes))
      for (const code of codesOf(data)) found.push(`${service} ${Buffer.from(code).toString('hex')}`);
  });
  for (const { type, pair } of packet(writeBlocks(3, codes))) packets.push(type === 3, pair);
  expect(found).toEqual(codes.map((code) => `3 ${Buffer.from(code).toString('hex')}`));
});
