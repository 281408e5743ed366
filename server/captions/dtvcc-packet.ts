// CEA-708 packets: joins pairs of bytes to packets, and splits packets into service blocks and codes (CEA-708 clauses 5 to 7).

/** Packet header: two bits of sequence number, six of size. */
const SIZE_CODE = 0x3f;
/** A size of 0 means 64. */
const LARGEST_SIZE_CODE = 64;
/** Service block header: service_number and block_size. */
const SERVICE_SHIFT = 5;
const BLOCK_SIZE = 0x1f;
/** The service's number, above 6, is in another byte. */
const EXTENDED_SERVICE = 7;

/**
 * Assembles packets. A packet is passed on with its last pair, not at the start of the next one. A packet that the next one
 * cuts short is passed on too, because some encoders announce more than they send.
 */
export class DtvccPackets {
  readonly #onPacket: (packet: Uint8Array) => void;
  #bytes: number[] = [];
  /** 0 outside packets. */
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

  /** Discards an unfinished packet. */
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

/** The non-empty blocks of services 1 to 6; the last one may be cut short. */
export function* serviceBlocks(packet: Uint8Array): Generator<ServiceBlock> {
  for (let at = 1; at < packet.length; ) {
    const head = packet[at] ?? 0;
    // A null block fills the rest of the packet.
    if (head === 0) return;
    const service = head >> SERVICE_SHIFT;
    const size = head & BLOCK_SIZE;
    at += service === EXTENDED_SERVICE && size > 0 ? 2 : 1;
    const data = packet.subarray(at, at + size);
    if (service > 0 && service < EXTENDED_SERVICE && data.length > 0) yield { service, data };
    at += size;
  }
}

/** The codes one by one, with their bytes; an incomplete code is left out. */
export function* codesOf(data: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < data.length; ) {
    const length = codeLength(data, at);
    if (length > data.length - at) return;
    yield data.subarray(at, at + length);
    at += length;
  }
}

/** Whether a code is a character of G0 to G3 or a 16-bit character. */
export function isCharacter(code: Uint8Array): boolean {
  const [first = 0, second = 0] = code;
  return first === CODE.character16 || isPrintable(first === CODE.extended ? second : first);
}

/** The codes of C0 and C1 that are executed, and prefixes of other sets. */
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
  /** DefineWindow of window 0; that of window 7 is the last code of C1. */
  defineWindow: 0x98,
} as const;

/** Lengths of the codes of C1 from 0x80 on. Reserved codes have one byte. */
const C1_LENGTHS: readonly number[] = [
  ...[1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 1, 1],
  ...[3, 4, 3, 1, 1, 1, 1, 5, 7, 7, 7, 7, 7, 7, 7, 7],
];

/** A code of C0 has one, two or three bytes by its value, as C2 has after its prefix. C3 has five or six, or a length (7.1). */
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
