// CEA-708 packets: pairs of bytes become packets, packets service blocks, and blocks codes (CEA-708 clauses 5 to 7).

/** Packet header: two bits of sequence number, six of size. */
const SIZE_CODE = 0x3f;
/** A size of 0 stands for all that six bits can say and one more. */
const LARGEST_SIZE_CODE = 64;
/** Service block header: service_number and block_size. */
const SERVICE_SHIFT = 5;
const BLOCK_SIZE = 0x1f;
/** The service's number is in a byte more: one of those above 6. */
const EXTENDED_SERVICE = 7;

/**
 * Puts packets together. A packet is given away with its last pair: a live viewer does not wait for the next one. One
 * that the next one cuts short is given as far as it came, for encoders are seen that announce more than they send.
 */
export class DtvccPackets {
  readonly #onPacket: (packet: Uint8Array) => void;
  #bytes: number[] = [];
  /** 0 outside of packets. */
  #size = 0;

  constructor(onPacket: (packet: Uint8Array) => void) {
    this.#onPacket = onPacket;
  }

  /** Takes the next two bytes. */
  push(isStart: boolean, pair: number): void {
    if (isStart) {
      this.#end();
      this.#size = 2 * ((pair >>> 8) & SIZE_CODE || LARGEST_SIZE_CODE);
    }
    if (this.#size === 0) return;
    this.#bytes.push(pair >>> 8, pair & 0xff);
    if (this.#bytes.length === this.#size) this.#end();
  }

  /** What has begun does not go on. */
  reset(): void {
    this.#bytes = [];
    this.#size = 0;
  }

  #end(): void {
    const bytes = this.#bytes;
    this.reset();
    if (bytes.length > 0) this.#onPacket(Uint8Array.from(bytes));
  }
}

export type ServiceBlock = { readonly service: number; readonly data: Uint8Array };

/** The blocks of a packet that belong to services 1 to 6 and hold something; the last one perhaps cut short. */
export function* serviceBlocks(packet: Uint8Array): Generator<ServiceBlock> {
  for (let at = 1; at < packet.length; ) {
    const head = packet[at] ?? 0;
    // A null block fills up what is left of the packet.
    if (head === 0) return;
    const service = head >> SERVICE_SHIFT;
    const size = head & BLOCK_SIZE;
    at += service === EXTENDED_SERVICE && size > 0 ? 2 : 1;
    const data = packet.subarray(at, at + size);
    if (service > 0 && service < EXTENDED_SERVICE && data.length > 0) yield { service, data };
    at += size;
  }
}

/** Codes whole and one by one, the bytes that belong to them included; what a block cuts short is left out. */
export function* codesOf(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; ) {
    const length = codeLength(data, at);
    if (length > data.length - at) return;
    yield data.subarray(at, at + length);
    at += length;
  }
}

/** Whether a code is a character of G0 to G3, or of 16 bits. */
export function isCharacter(code: Uint8Array): boolean {
  const [first = 0, second = 0] = code;
  return first === CODE.character16 || isPrintable(first === CODE.extended ? second : first);
}

/** C0 and C1 as far as they are obeyed, and what leads into other sets. */
export const CODE = {
  backspace: 0x08,
  formFeed: 0x0c,
  carriageReturn: 0x0d,
  horizontalCarriageReturn: 0x0e,
  extended: 0x10,
  character16: 0x18,
  setCurrentWindow: 0x80,
  clearWindows: 0x88,
  displayWindows: 0x89,
  hideWindows: 0x8a,
  toggleWindows: 0x8b,
  deleteWindows: 0x8c,
  reset: 0x8f,
  setPenAttributes: 0x90,
  setPenLocation: 0x92,
  setWindowAttributes: 0x97,
  /** Of window 0; that of window 7 is the last code of C1. */
  defineWindow: 0x98,
} as const;

/** Bytes of the codes of C1 from 0x80 on. Those that are reserved are alone. */
const C1_LENGTHS: readonly number[] = [
  ...[1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1],
  ...[3, 4, 3, 1, 1, 1, 1, 5, 7, 7, 7, 7, 7, 7, 7, 7],
];

/** C0 is one, two or three bytes long by its place, as C2 is behind its lead-in; C3 is five and six, or says it (7.1). */
function codeLength(data: Uint8Array, at: number): number {
  const first = data[at] ?? 0;
  if (first === CODE.extended) {
    const second = data[at + 1] ?? 0;
    if (second < 0x20) return 2 + (second >> 3);
    if (second < 0x80 || second >= 0xa0) return 2;
    if (second < 0x90) return second < 0x88 ? 6 : 7;
    return 3 + ((data[at + 2] ?? 0) & 0x1f);
  }
  if (first < 0x20) return first < 0x10 ? 1 : first < 0x18 ? 2 : 3;
  return first >= 0x80 && first < 0xa0 ? (C1_LENGTHS[first - 0x80] ?? 1) : 1;
}

function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x80) || byte >= 0xa0;
}
