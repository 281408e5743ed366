// Protocol control and user control messages (RTMP 1.0, clauses 5.4 and 7.1.7), for reading and writing.

import type { ControlMessage } from '../../server/rtmp/message.ts';

export type ControlCase = {
  readonly name: string;
  readonly type: number;
  readonly hex: string;
  readonly control: ControlMessage;
  /** Whether the writer produces exactly these bytes. */
  readonly isWritten: boolean;
};

export const CONTROL_CASES: readonly ControlCase[] = [
  {
    name: 'SetChunkSize',
    type: 1,
    hex: '00001000',
    control: { kind: 'set-chunk-size', chunkBytes: 4096 },
    isWritten: true,
  },
  {
    name: 'Abort',
    type: 2,
    hex: '0001003f',
    control: { kind: 'abort', chunkStreamId: 65_599 },
    isWritten: true,
  },
  {
    name: 'Acknowledgement',
    type: 3,
    hex: 'fffffffe',
    control: { kind: 'acknowledgement', receivedBytes: 0xffff_fffe },
    isWritten: true,
  },
  {
    name: 'Window Acknowledgement Size',
    type: 5,
    hex: '002625a0',
    control: { kind: 'window-acknowledgement-size', windowBytes: 2_500_000 },
    isWritten: true,
  },
  {
    name: 'SetPeerBandwidth',
    type: 6,
    hex: '002625a001',
    control: { kind: 'set-peer-bandwidth', windowBytes: 2_500_000, limitType: 1 },
    isWritten: true,
  },
  {
    name: 'SetPeerBandwidth without its limit type',
    type: 6,
    hex: '002625a0',
    control: { kind: 'set-peer-bandwidth', windowBytes: 2_500_000, limitType: 2 },
    isWritten: false,
  },
  {
    name: 'StreamBegin',
    type: 4,
    hex: '000000000001',
    control: { kind: 'user-control', event: 0, value: 1 },
    isWritten: true,
  },
  {
    name: 'SetBufferLength, of which only the message stream is read',
    type: 4,
    hex: '00030000000100000bb8',
    control: { kind: 'user-control', event: 3, value: 1 },
    isWritten: false,
  },
  {
    name: 'PingRequest',
    type: 4,
    hex: '0006deadbeef',
    control: { kind: 'user-control', event: 6, value: 0xdead_beef },
    isWritten: true,
  },
  {
    name: 'an unknown user control event',
    type: 4,
    hex: '00ff00000000',
    control: { kind: 'user-control', event: 255, value: 0 },
    isWritten: true,
  },
];

/** The minimum body length of each control type. */
export const LEAST_CONTROL_BYTES: readonly (readonly [type: number, leastBytes: number])[] = [
  [1, 4],
  [2, 4],
  [3, 4],
  [4, 6],
  [5, 4],
  [6, 4],
];
