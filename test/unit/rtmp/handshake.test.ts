import { describe, expect, it } from 'vitest';
import { ClientHandshake, ServerHandshake } from '../../../server/rtmp/handshake.ts';
import { findDigest, HANDSHAKE_PACKET_BYTES, placeDigest } from '../../../server/rtmp/handshake-digest.ts';
import { RECORDED_DIGEST_HELLO } from '../../cases/rtmp-handshakes.ts';
import { pattern, splitsOf } from '../../cases/rtmp-splits.ts';

const FIRST_COMMAND = Buffer.from('030000', 'hex');

/** Passes parts to one side of the handshake; returns the bytes after its end. */
function feed(side: ServerHandshake | ClientHandshake, parts: readonly Buffer[]) {
  const replies: Buffer[] = [];
  const rest: Buffer[] = [];
  let isDone = false;
  for (const part of parts) {
    let used = 0;
    if (!isDone) {
      const step = side.receive(part, 0, part.length);
      if (step.reply !== undefined) replies.push(step.reply);
      used = step.usedBytes;
      isDone = step.isDone;
    }
    rest.push(part.subarray(used));
  }
  return { reply: Buffer.concat(replies), rest: Buffer.concat(rest), isDone };
}

function simpleHello(): Buffer {
  const hello = Buffer.concat([Buffer.of(3), pattern(HANDSHAKE_PACKET_BYTES)]);
  hello.writeUInt32BE(0, 5);
  return hello;
}

describe('server handshake', () => {
  it('leaves alone what comes in one buffer with C2, however it is cut', () => {
    const flight = Buffer.concat([simpleHello(), pattern(HANDSHAKE_PACKET_BYTES), FIRST_COMMAND]);
    for (const { name, parts } of splitsOf(flight)) {
      const { rest, isDone } = feed(new ServerHandshake(), parts);
      expect(isDone, name).toBe(true);
      expect(rest, name).toEqual(FIRST_COMMAND);
    }
  });

  it('answers a simple C1 with an S1 that claims no version and an S2 that echoes it', () => {
    const hello = simpleHello();
    const { reply, isDone } = feed(new ServerHandshake(), [hello]);
    expect(reply).toHaveLength(1 + 2 * HANDSHAKE_PACKET_BYTES);
    expect(reply.subarray(0, 9).toString('hex')).toBe('030000000000000000');
    expect(reply.subarray(1 + HANDSHAKE_PACKET_BYTES)).toEqual(hello.subarray(1));
    expect(isDone).toBe(false);
  });

  it('recognises the digest of a real client and answers with a digest', () => {
    expect(findDigest(RECORDED_DIGEST_HELLO.subarray(1), 'client')).toBeDefined();
    const { reply } = feed(new ServerHandshake(), [RECORDED_DIGEST_HELLO]);
    expect(findDigest(reply.subarray(1, 1 + HANDSHAKE_PACKET_BYTES), 'server')).toBeDefined();
    expect(reply.readUInt8(5)).toBeGreaterThanOrEqual(3);
  });

  it('answers simply when a version is claimed but the digest is wrong', () => {
    const hello = Buffer.from(RECORDED_DIGEST_HELLO);
    hello.writeUInt8(hello.readUInt8(1536) ^ 1, 1536);
    const { reply } = feed(new ServerHandshake(), [hello]);
    expect(reply.subarray(1 + HANDSHAKE_PACKET_BYTES)).toEqual(hello.subarray(1));
  });

  it.each([
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\n\r\n'), 'HTTP'],
    ['TLS', Buffer.from('160301020001', 'hex'), 'TLS'],
    ['SSH', Buffer.from('SSH-2.0-x\r\n'), 'SSH'],
    ['a zero', Buffer.of(0), 'first byte is 0'],
  ])('names %s as not RTMP at its first byte', (_, bytes, words) => {
    const handshake = new ServerHandshake();
    expect(() => handshake.receive(bytes, 0, 1)).toThrow(
      expect.objectContaining({ code: 'not_rtmp', message: expect.stringContaining(words) }),
    );
  });

  it('names encrypted RTMP as such', () => {
    expect(() => new ServerHandshake().receive(Buffer.of(6), 0, 1)).toThrow(
      expect.objectContaining({ code: 'encrypted_rtmp', kind: 'unsupported' }),
    );
  });
});

describe('client and server handshake together', () => {
  it.each(['simple', 'digest'] as const)('agree, however their bytes are cut: %s', (scheme) => {
    const cuts = splitsOf(Buffer.alloc(1 + 2 * HANDSHAKE_PACKET_BYTES + FIRST_COMMAND.length));
    for (const { name, parts } of cuts) {
      const client = new ClientHandshake(scheme);
      const server = new ServerHandshake();
      const answer = Buffer.concat([feed(server, [client.start()]).reply, FIRST_COMMAND]);
      const cutAlike = parts.map((part, index) => {
        const at = parts.slice(0, index).reduce((sum, { length }) => sum + length, 0);
        return answer.subarray(at, at + part.length);
      });
      const { reply, rest, isDone } = feed(client, cutAlike);
      expect(isDone, name).toBe(true);
      expect(rest, name).toEqual(FIRST_COMMAND);
      expect(feed(server, [reply]).isDone, name).toBe(true);
    }
  });

  it('refuses a digest server that did not sign our digest', () => {
    const client = new ClientHandshake('digest');
    const server = new ServerHandshake();
    const { reply } = feed(server, [client.start()]);
    reply.writeUInt8(reply.readUInt8(3072) ^ 1, 3072);
    expect(() => feed(client, [reply])).toThrow(expect.objectContaining({ code: 'bad_handshake_signature' }));
  });

  it('echoes S1 to a server that gives no digest', () => {
    const client = new ClientHandshake('digest');
    client.start();
    const s1 = pattern(HANDSHAKE_PACKET_BYTES);
    const { reply } = feed(client, [Buffer.concat([Buffer.of(3), s1, pattern(HANDSHAKE_PACKET_BYTES)])]);
    expect(reply).toEqual(s1);
  });
});

describe('handshake digest', () => {
  it.each([0, 1] as const)('is found where it was placed: block %i', (block) => {
    const packet = pattern(HANDSHAKE_PACKET_BYTES);
    const digest = placeDigest(packet, 'client', block);
    expect(findDigest(packet, 'client')).toEqual({ digest, block });
    expect(findDigest(packet, 'server')).toBeUndefined();
  });
});
