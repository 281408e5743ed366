// The bytes of one TCP connection from a capture on loopback (pcapng as dumpcap writes it, Ethernet, IPv4, RFC 9293).

/** The payload of one packet in its direction. */
export type Payload = {
  readonly isFromServer: boolean;
  /** Follows the earlier bytes of the same direction; shares the file's memory. */
  readonly bytes: Buffer;
  /** The sender resets the connection. */
  readonly isReset: boolean;
};

const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const ENHANCED_PACKET_BLOCK = 6;
/** The start of a file in this byte order; dumpcap writes the machine's own order. */
const LITTLE_ENDIAN_MAGIC = 0x1a2b3c4d;
/** Block type and length, interface, time, both lengths. */
const PACKET_OFFSET = 28;
const ETHERNET_BYTES = 14;
const IPV4 = 0x0800;
const TCP = 6;
const SYN = 0x02;
const RST = 0x04;

/** Payloads in the captured order, without repeated bytes. Throws when bytes are missing. */
export function* readPayloads(capture: Buffer, serverPort: number): Generator<Payload> {
  const nextSequence = new Map<boolean, number>();
  for (const packet of ethernetPackets(capture)) {
    const segment = tcpSegment(packet);
    if (segment === undefined) continue;
    const { sourcePort, sequence, flags, data } = segment;
    const isFromServer = sourcePort === serverPort;
    const isFirst = (flags & SYN) !== 0;
    const expected = isFirst ? sequence : (nextSequence.get(isFromServer) ?? sequence);
    // Sequence numbers wrap at 32 bits: the difference is taken in 31 bits and a sign.
    const repeated = (expected - sequence) | 0;
    if (repeated < 0 && data.length > 0) throw new Error(`the capture lacks ${-repeated} bytes of TCP`);
    const bytes = data.subarray(Math.min(repeated, data.length));
    if (bytes.length > 0 || isFirst)
      nextSequence.set(isFromServer, (sequence + data.length + (isFirst ? 1 : 0)) >>> 0);
    yield { isFromServer, bytes, isReset: (flags & RST) !== 0 };
  }
}

function* ethernetPackets(capture: Buffer): Generator<Buffer> {
  if (capture.readUInt32LE(0) !== SECTION_HEADER_BLOCK || capture.readUInt32LE(8) !== LITTLE_ENDIAN_MAGIC)
    throw new Error('the capture is no pcapng file of this byte order');
  for (let at = 0; at + 8 <= capture.length; at += capture.readUInt32LE(at + 4)) {
    if (capture.readUInt32LE(at) !== ENHANCED_PACKET_BLOCK) continue;
    const capturedBytes = capture.readUInt32LE(at + 20);
    yield capture.subarray(at + PACKET_OFFSET, at + PACKET_OFFSET + capturedBytes);
  }
}

/** Undefined for packets other than TCP over IPv4. */
function tcpSegment(packet: Buffer) {
  if (packet.readUInt16BE(12) !== IPV4) return undefined;
  const ip = packet.subarray(ETHERNET_BYTES);
  if (ip.readUInt8(9) !== TCP) return undefined;
  const tcp = ip.subarray((ip.readUInt8(0) & 0x0f) * 4, ip.readUInt16BE(2));
  return {
    sourcePort: tcp.readUInt16BE(0),
    sequence: tcp.readUInt32BE(4),
    flags: tcp.readUInt8(13),
    data: tcp.subarray((tcp.readUInt8(12) >>> 4) * 4),
  };
}
