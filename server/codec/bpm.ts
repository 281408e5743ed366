// Broadcast Performance Metrics: what OBS reports about itself in three unregistered SEI messages before each key frame (H.264 annex D.2.7;
// the bodies as OBS 31 writes them). Reader and writer.

import { isSlice, NAL_SEI, nalType } from './avc-nal.ts';
import { SEI_USER_DATA_UNREGISTERED, SeiCursor, seiNalUnit } from './sei.ts';

/** Milliseconds since the Unix epoch, by the clock of the encoder's machine. */
export type BpmTimes = {
  /** The picture was composed. */
  composedAt?: number;
  encodeRequestedAt?: number;
  encodedAt?: number;
  /** The picture was handed to the output. */
  interleavedAt?: number;
};

/** Pictures since the key frame before. */
export type BpmCounts = {
  rendered?: number;
  /** Composed too late, because rendering was too slow. */
  lagged?: number;
  /** Not sent, because the network was too slow. */
  dropped?: number;
  /** Handed to the output, with those that it dropped. */
  output?: number;
  /** Given to the encoder, with those that it skipped. */
  input?: number;
  /** Not encoded, because the encoder was too slow. */
  skipped?: number;
  encoded?: number;
};

export type BpmReport = { readonly times: BpmTimes; readonly counts: BpmCounts };

type MessageKind = 'times' | 'session' | 'rendition';

const UUID_BYTES = 16;
const UUIDS: Readonly<Record<MessageKind, Buffer>> = {
  times: Buffer.from('0aecffe752724e2fa62fd19cd61a93b5', 'hex'),
  session: Buffer.from('ca60e71c6a8b4388a377151df7bf8ac2', 'hex'),
  rendition: Buffer.from('f1fbc1d5101e4fb5a61eb8ce3c07b8c0', 'hex'),
};
const KINDS = Object.keys(UUIDS) as readonly MessageKind[];

/** Names by their tags, which begin at 1. */
const TIMES = ['composedAt', 'encodeRequestedAt', 'encodedAt', 'interleavedAt'] as const;
const COUNTS = {
  session: ['rendered', 'lagged', 'dropped', 'output'],
  rendition: ['input', 'skipped', 'encoded'],
} as const;

/** How a time is written: as text with a zero behind it, or as 64 bits of milliseconds or of a difference. */
const TIME_AS_TEXT = 1;
const TIME_AS_MS = 2;
const TIME_AS_DELTA = 3;
const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
/** OBS writes 24 characters into a field of 64. */
const MAX_TEXT_BYTES = 64;
/** Of a message with 16 times; OBS writes at most 125 bytes. */
const MAX_PAYLOAD_BYTES = 1_024;
/** Before a key frame are a delimiter, parameter sets and some SEI. Many more NAL units are an attack. */
const MAX_NAL_UNITS = 64;
/** Counts of 4 bits say one less than they mean. */
const COUNT_MASK = 0x0f;

/** Reads the messages of one key frame. Without them nothing is allocated. Never throws. */
export class BpmReader {
  readonly #sei = new SeiCursor();
  #report: BpmReport | undefined;
  /** Bytes that are left of the payload. */
  #left = 0;

  /** The messages before the first slice of an access unit; undefined if there are none. */
  read(accessUnit: Uint8Array, lengthSize: number): BpmReport | undefined {
    this.#report = undefined;
    let at = 0;
    for (let count = 0; count < MAX_NAL_UNITS && at + lengthSize < accessUnit.length; count += 1) {
      let length = 0;
      for (const end = at + lengthSize; at < end; at += 1) length = length * 256 + (accessUnit[at] ?? 0);
      const type = nalType(accessUnit[at] ?? 0);
      if (length === 0 || length > accessUnit.length - at || isSlice(type)) break;
      if (type === NAL_SEI) this.#readSei(accessUnit, at + 1, at + Math.min(length, 2 * MAX_PAYLOAD_BYTES));
      at += length;
    }
    return this.#report;
  }

  #readSei(bytes: Uint8Array, start: number, end: number): void {
    const sei = this.#sei;
    sei.open(bytes, start, end);
    // The last byte is rbsp_trailing_bits(); a message has two bytes at least.
    while (sei.remaining > 2) {
      const type = sei.extended();
      const size = sei.extended();
      this.#left = size;
      if (type === SEI_USER_DATA_UNREGISTERED && size <= MAX_PAYLOAD_BYTES && size <= sei.remaining)
        this.#readUserData();
      sei.skip(this.#left);
    }
    sei.close();
  }

  #readUserData(): void {
    if (this.#left <= UUID_BYTES) return;
    const first = this.#next();
    const kind = kindOf(first);
    if (kind === undefined) return;
    const uuid = UUIDS[kind];
    for (let at = 1; at < UUID_BYTES; at += 1) if (this.#next() !== uuid[at]) return;
    this.#report ??= { times: {}, counts: {} };
    const { times, counts } = this.#report;
    // The time of counts is that at which the picture was handed over, which the message of times has too.
    if (!this.#readTimes(kind === 'times' ? times : {}) || kind === 'times') return;
    this.#readCounts(COUNTS[kind], counts);
  }

  /** False if the message ends within them, or has a time of an unknown form. */
  #readTimes(into: BpmTimes): boolean {
    const count = (this.#next() & COUNT_MASK) + 1;
    for (let index = 0; index < count; index += 1) {
      if (this.#left < 2) return false;
      const form = this.#next();
      const name = TIMES[this.#next() - 1];
      const time = this.#readTime(form);
      if (time === undefined) return false;
      if (name !== undefined && Number.isFinite(time)) into[name] = time;
    }
    return true;
  }

  /** NaN for a time that says nothing; undefined where its end is not known. */
  #readTime(form: number): number | undefined {
    if (form === TIME_AS_TEXT) return this.#readText();
    if ((form !== TIME_AS_MS && form !== TIME_AS_DELTA) || this.#left < 8) return undefined;
    const high = this.#next32();
    const ms = high * 2 ** 32 + this.#next32();
    return form === TIME_AS_MS && Number.isSafeInteger(ms) ? ms : Number.NaN;
  }

  #readText(): number | undefined {
    let text = '';
    while (this.#left > 0) {
      const byte = this.#next();
      if (byte === 0) return RFC3339.test(text) ? Date.parse(text) : Number.NaN;
      if (text.length === MAX_TEXT_BYTES) return undefined;
      text += String.fromCharCode(byte);
    }
    return undefined;
  }

  #readCounts(names: readonly (keyof BpmCounts)[], into: BpmCounts): void {
    if (this.#left === 0) return;
    const count = (this.#next() & COUNT_MASK) + 1;
    for (let index = 0; index < count && this.#left >= 5; index += 1) {
      const name = names[this.#next() - 1];
      const value = this.#next32();
      if (name !== undefined) into[name] = value;
    }
  }

  #next32(): number {
    return ((this.#next() << 24) | (this.#next() << 16) | (this.#next() << 8) | this.#next()) >>> 0;
  }

  #next(): number {
    this.#left -= 1;
    return this.#sei.next();
  }
}

/** The first bytes of the UUIDs differ. */
function kindOf(firstByte: number): MessageKind | undefined {
  for (const kind of KINDS) if (UUIDS[kind][0] === firstByte) return kind;
  return undefined;
}

/** The SEI NAL units of a report, as OBS writes them: one for each message. */
export function bpmNalUnits({ times, counts }: BpmReport): Buffer[] {
  const all = TIMES.flatMap((name, at) => timeBytes(at + 1, times[name]));
  const handedOver = timeBytes(TIMES.length, times.interleavedAt ?? 0);
  const counted = (kind: keyof typeof COUNTS): number[] => {
    const values = COUNTS[kind].map((name, at) => [at + 1, ...bytesOf32(counts[name] ?? 0)]);
    return [0, ...handedOver.flat(), values.length - 1, ...values.flat()];
  };
  const bodies: readonly (readonly [MessageKind, readonly number[]])[] = [
    ...(all.length === 0 ? [] : [['times', [all.length - 1, ...all.flat()]] as const]),
    ['session', counted('session')],
    ['rendition', counted('rendition')],
  ];
  return bodies.map(([kind, body]) =>
    seiNalUnit(SEI_USER_DATA_UNREGISTERED, Buffer.from([...UUIDS[kind], ...body])),
  );
}

function timeBytes(tag: number, epochMs: number | undefined): number[][] {
  if (epochMs === undefined) return [];
  return [[TIME_AS_TEXT, tag, ...Buffer.from(new Date(epochMs).toISOString()), 0]];
}

function bytesOf32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
