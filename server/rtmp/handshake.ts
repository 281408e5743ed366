// The handshake of either side (RTMP 1.0, clause 5.2), simple or with digests (see handshake-digest.ts).
// Takes bytes, returns how many it used and a reply. Bytes after the handshake are not read.

import { randomFillSync } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import {
  findDigest,
  HANDSHAKE_PACKET_BYTES,
  isSignedPacket,
  placeDigest,
  writeSignedPacket,
} from './handshake-digest.ts';

/** C0 and S0: RTMP 1.0 (clause 5.2.2). */
const VERSION = 3;
/** RTMPE and similar encrypted protocols, which are not documented. */
const ENCRYPTED_VERSIONS: readonly number[] = [6, 8, 9];
/** In the field after the time. Clients check the digests of servers that claim version 3 or later. */
const SERVER_VERSION = 0x0300_0101;
const CLIENT_VERSION = 0x0900_7c02;
/** First bytes of other protocols, for the log. */
const STRANGERS: Readonly<Record<number, string>> = {
  22: 'TLS (RTMPS belongs on its own port)',
  67: 'HTTP',
  71: 'HTTP',
  72: 'HTTP',
  79: 'HTTP or RTSP',
  80: 'HTTP',
  83: 'SSH',
};

/** What `receive` did: bytes used from `start` on, bytes to send, and whether the handshake is over. */
export type HandshakeStep = {
  readonly usedBytes: number;
  readonly reply: Buffer | undefined;
  readonly isDone: boolean;
};

/** C0, C1 → S0, S1, S2; the content of C2 is ignored. */
export class ServerHandshake {
  readonly #hello = new Gatherer(1 + HANDSHAKE_PACKET_BYTES);
  #c2Left = HANDSHAKE_PACKET_BYTES;

  /** Reads `bytes[start, end)`. Another protocol is `not_rtmp` at its first byte. */
  receive(bytes: Buffer, start: number, end: number): HandshakeStep {
    let at = start;
    let reply: Buffer | undefined;
    if (!this.#hello.isFull) {
      if (this.#hello.isEmpty && at < end) checkVersion(bytes.readUInt8(at));
      at += this.#hello.add(bytes, at, end);
      if (this.#hello.isFull) reply = answerHello(this.#hello.bytes);
    }
    if (this.#hello.isFull) {
      const count = Math.min(this.#c2Left, end - at);
      this.#c2Left -= count;
      at += count;
    }
    return { usedBytes: at - start, reply, isDone: this.#c2Left === 0 };
  }
}

/** The client's side: C0 and C1 from `start`; S0, S1, S2 → C2. */
export class ClientHandshake {
  readonly #scheme: 'simple' | 'digest';
  readonly #answer = new Gatherer(1 + 2 * HANDSHAKE_PACKET_BYTES);
  #ownDigest: Buffer | undefined;

  constructor(scheme: 'simple' | 'digest') {
    this.#scheme = scheme;
  }

  /** C0 and C1, to be sent first. */
  start(): Buffer {
    const hello = writeHello(this.#scheme === 'digest' ? CLIENT_VERSION : 0);
    if (this.#scheme === 'digest') this.#ownDigest = placeDigest(hello.subarray(1), 'client', 0);
    return hello;
  }

  /** Reads `bytes[start, end)`; a digest server whose signature is wrong is `bad_handshake_signature`. */
  receive(bytes: Buffer, start: number, end: number): HandshakeStep {
    if (this.#answer.isEmpty && start < end) checkVersion(bytes.readUInt8(start));
    const usedBytes = this.#answer.add(bytes, start, end);
    if (!this.#answer.isFull) return { usedBytes, reply: undefined, isDone: false };
    const s1 = this.#answer.bytes.subarray(1, 1 + HANDSHAKE_PACKET_BYTES);
    const s2 = this.#answer.bytes.subarray(1 + HANDSHAKE_PACKET_BYTES);
    return { usedBytes, reply: this.#writeC2(s1, s2), isDone: true };
  }

  #writeC2(s1: Buffer, s2: Buffer): Buffer {
    const peer = this.#ownDigest === undefined ? undefined : findDigest(s1, 'server');
    if (peer === undefined || this.#ownDigest === undefined) return Buffer.from(s1);
    if (!isSignedPacket(s2, 'server', this.#ownDigest)) {
      throw new GatewayError('invalid-data', 'bad_handshake_signature');
    }
    return writeSignedPacket('client', peer.digest);
  }
}

/** Collects a fixed number of bytes; allocates memory at the first. */
class Gatherer {
  readonly #size: number;
  #bytes: Buffer | undefined;
  #filled = 0;

  constructor(size: number) {
    this.#size = size;
  }

  get isEmpty(): boolean {
    return this.#filled === 0;
  }

  get isFull(): boolean {
    return this.#filled === this.#size;
  }

  get bytes(): Buffer {
    this.#bytes ??= Buffer.allocUnsafeSlow(this.#size);
    return this.#bytes;
  }

  add(source: Buffer, start: number, end: number): number {
    const count = source.copy(this.bytes, this.#filled, start, end);
    this.#filled += count;
    return count;
  }
}

function checkVersion(version: number): void {
  if (version === VERSION) return;
  if (ENCRYPTED_VERSIONS.includes(version)) {
    throw new GatewayError(
      'unsupported',
      'encrypted_rtmp',
      `RTMP version ${version} is encrypted (RTMPE) and not supported; use rtmp:// or rtmps://`,
    );
  }
  const guess = STRANGERS[version];
  const like = guess === undefined ? '' : `; it looks like ${guess}`;
  throw new GatewayError(
    'invalid-data',
    'not_rtmp',
    `the first byte is ${version}, RTMP's is ${VERSION}${like}`,
  );
}

/** S0, S1 and S2 for a C0 and C1. Without a valid digest S2 echoes C1 (clause 5.2.4). */
function answerHello(clientHello: Buffer): Buffer {
  const c1 = clientHello.subarray(1);
  const claimsDigest = c1.readUInt32BE(4) !== 0;
  const peer = claimsDigest ? findDigest(c1, 'client') : undefined;
  if (peer === undefined) return Buffer.concat([writeHello(0), c1]);
  const hello = writeHello(SERVER_VERSION);
  placeDigest(hello.subarray(1), 'server', peer.block);
  return Buffer.concat([hello, writeSignedPacket('server', peer.digest)]);
}

/** C0 and C1, or S0 and S1: a version, time 0, the peer's own version or zero, random bytes (clause 5.2.3). */
function writeHello(version: number): Buffer {
  const hello = Buffer.allocUnsafeSlow(1 + HANDSHAKE_PACKET_BYTES);
  hello.writeUInt8(VERSION, 0);
  hello.writeUInt32BE(0, 1);
  hello.writeUInt32BE(version, 5);
  randomFillSync(hello, 9);
  return hello;
}
