// The digest of the "complex" handshake, which RTMP 1.0 does not describe and libavformat checks: an HMAC-SHA256 in C1
// and S1 at an offset that four other bytes give, and a signature at the end of C2 and S2.

import { createHmac, randomFillSync } from 'node:crypto';

/** C1, S1, C2 and S2 (RTMP 1.0, clause 5.2.3). */
export const HANDSHAKE_PACKET_BYTES = 1536;
const DIGEST_BYTES = 32;
/** A packet is a time, a version, and two blocks of this many bytes: one holds the digest, one an unused public key. */
const BLOCK_BYTES = 764;
const FIRST_BLOCK_AT = 8;
/** The first four bytes of a block give the offset of its digest. */
const OFFSET_BYTES = 4;
const OFFSET_RANGE = BLOCK_BYTES - OFFSET_BYTES - DIGEST_BYTES;

/** Public constants that identify the kind of peer. */
const COMMON_KEY = 'f0eec24a8068bee82e00d0d1029e7e576eec5d2d29806fab93b8e636cfeb31ae';
const CLIENT_NAME = Buffer.from('Genuine Adobe Flash Player 001', 'latin1');
const SERVER_NAME = Buffer.from('Genuine Adobe Flash Media Server 001', 'latin1');

export type HandshakeRole = 'client' | 'server';

/** Keys of a role: the name alone for the digest, the name and the common key for the signature. */
const ROLE_KEYS: Readonly<Record<HandshakeRole, { readonly digest: Buffer; readonly signature: Buffer }>> = {
  client: keysOf(CLIENT_NAME),
  server: keysOf(SERVER_NAME),
};

/** Which of the two blocks holds the digest. */
export type DigestBlock = 0 | 1;
export type FoundDigest = { readonly digest: Buffer; readonly block: DigestBlock };

/** The digest in a C1 or S1 of that role, tried at both places; undefined when there is none. */
export function findDigest(packet: Buffer, role: HandshakeRole): FoundDigest | undefined {
  for (const block of [0, 1] as const) {
    const at = digestOffset(packet, block);
    const digest = packet.subarray(at, at + DIGEST_BYTES);
    if (digestOf(packet, at, role).equals(digest)) return { digest: Buffer.from(digest), block };
  }
  return undefined;
}

/** Writes the digest of that role into a packet whose other bytes are final; returns it. */
export function placeDigest(packet: Buffer, role: HandshakeRole, block: DigestBlock): Buffer {
  const at = digestOffset(packet, block);
  const digest = digestOf(packet, at, role);
  digest.copy(packet, at);
  return digest;
}

/** A C2 or S2 of that role: random bytes, signed with the peer's digest. */
export function writeSignedPacket(role: HandshakeRole, peerDigest: Buffer): Buffer {
  const packet = Buffer.allocUnsafeSlow(HANDSHAKE_PACKET_BYTES);
  randomFillSync(packet, 0, HANDSHAKE_PACKET_BYTES - DIGEST_BYTES);
  signatureOf(packet, role, peerDigest).copy(packet, HANDSHAKE_PACKET_BYTES - DIGEST_BYTES);
  return packet;
}

/** Whether a C2 or S2 was signed by that role over the digest we sent. */
export function isSignedPacket(packet: Buffer, role: HandshakeRole, ownDigest: Buffer): boolean {
  return signatureOf(packet, role, ownDigest).equals(packet.subarray(HANDSHAKE_PACKET_BYTES - DIGEST_BYTES));
}

function keysOf(name: Buffer): { digest: Buffer; signature: Buffer } {
  return { digest: name, signature: Buffer.concat([name, Buffer.from(COMMON_KEY, 'hex')]) };
}

function digestOffset(packet: Buffer, block: DigestBlock): number {
  const blockAt = FIRST_BLOCK_AT + block * BLOCK_BYTES;
  let sum = 0;
  for (let index = 0; index < OFFSET_BYTES; index += 1) sum += packet.readUInt8(blockAt + index);
  return blockAt + OFFSET_BYTES + (sum % OFFSET_RANGE);
}

/** Over the packet without the digest. */
function digestOf(packet: Buffer, at: number, role: HandshakeRole): Buffer {
  return createHmac('sha256', ROLE_KEYS[role].digest)
    .update(packet.subarray(0, at))
    .update(packet.subarray(at + DIGEST_BYTES))
    .digest();
}

function signatureOf(packet: Buffer, role: HandshakeRole, peerDigest: Buffer): Buffer {
  const key = createHmac('sha256', ROLE_KEYS[role].signature).update(peerDigest).digest();
  return createHmac('sha256', key)
    .update(packet.subarray(0, HANDSHAKE_PACKET_BYTES - DIGEST_BYTES))
    .digest();
}
