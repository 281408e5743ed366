import { describe, expect, it } from 'vitest';
import { isControlType, parseControl, writeControl } from '../../../server/rtmp/message.ts';
import { CONTROL_CASES, LEAST_CONTROL_BYTES } from '../../cases/rtmp-messages.ts';

const message = (type: number, body: Buffer) => ({ type, messageStreamId: 0, timestamp: 0, body });

describe('control messages', () => {
  it.each(CONTROL_CASES)('parses $name', ({ type, hex, control }) => {
    expect(isControlType(type)).toBe(true);
    expect(parseControl(message(type, Buffer.from(hex, 'hex')))).toEqual(control);
  });

  it.each(CONTROL_CASES.filter(({ isWritten }) => isWritten))('writes $name', ({ type, hex, control }) => {
    expect(writeControl(control)).toEqual(message(type, Buffer.from(hex, 'hex')));
  });

  it.each(LEAST_CONTROL_BYTES)('refuses a body of type %i with less than %i bytes', (type, leastBytes) => {
    for (let length = 0; length < leastBytes; length += 1) {
      expect(() => parseControl(message(type, Buffer.alloc(length)))).toThrow(
        expect.objectContaining({ code: 'short_control', kind: 'invalid-data' }),
      );
    }
    expect(parseControl(message(type, Buffer.alloc(leastBytes)))).toBeDefined();
  });

  it.each([0, 7, 8, 9, 20])('leaves type %i alone', (type) => {
    expect(parseControl(message(type, Buffer.alloc(0)))).toBeUndefined();
  });
});
