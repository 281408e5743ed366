// AMF0 both ways (Action Message Format AMF0, 2007): all markers; references are read and bounded, never written.

import { ByteReader } from '../bytes/byte-reader.ts';
import { ByteWriter } from '../bytes/byte-writer.ts';
import { assertNever, type ErrorCode, GatewayError } from '../errors.ts';
import type { AmfObject, AmfValue } from './amf-value.ts';
import { DEFAULT_RTMP_LIMITS, type RtmpLimits } from './limits.ts';

/** Type markers (clause 2.1). */
const MARKER = {
  number: 0x00,
  boolean: 0x01,
  string: 0x02,
  object: 0x03,
  null: 0x05,
  undefined: 0x06,
  reference: 0x07,
  ecmaArray: 0x08,
  objectEnd: 0x09,
  strictArray: 0x0a,
  date: 0x0b,
  longString: 0x0c,
  unsupported: 0x0d,
  xmlDocument: 0x0f,
  typedObject: 0x10,
  avmPlus: 0x11,
} as const;

const MAX_SHORT_STRING_BYTES = 0xffff;
/** An empty key and the object end marker (clause 2.11). */
const OBJECT_END_BYTES = 3;

export type AmfLimits = Pick<RtmpLimits, 'maxAmfDepth' | 'maxAmfNodes' | 'maxAmfStringBytes'>;

/** All values of one message body, in order. Faults are `amf_*` or `truncated`. */
export function readAmfValues(bytes: Buffer, limits: AmfLimits): AmfValue[] {
  const reader = new AmfReader(bytes, limits);
  const values: AmfValue[] = [];
  while (reader.hasMore) values.push(reader.read());
  return values;
}

/** The values in sequence, as a message body. */
export function writeAmfValues(values: readonly AmfValue[]): Buffer {
  let size = 0;
  for (const value of values) size += sizeOf(value, 0);
  const body = Buffer.allocUnsafe(size);
  const writer = new ByteWriter(body);
  for (const value of values) writeValue(writer, value);
  return body;
}

/** A container that references may point to (clause 2.9), with its size. */
type Referable = { value: AmfValue; nodes: number; height: number; isComplete: boolean };

/** Reads the values of one body; depth, values and string bytes are budgets of the whole body. */
class AmfReader {
  readonly #bytes: ByteReader;
  readonly #limits: AmfLimits;
  readonly #referables: Referable[] = [];
  #nodes = 0;
  #stringBytes = 0;
  /** The greatest depth since the start of the current container. */
  #deepest = 0;

  constructor(bytes: Buffer, limits: AmfLimits) {
    this.#bytes = new ByteReader(bytes, 'AMF0');
    this.#limits = limits;
  }

  get hasMore(): boolean {
    return this.#bytes.remaining > 0;
  }

  /** The next value outside any container. */
  read(): AmfValue {
    return this.#value(this.#bytes.u8(), 0);
  }

  #value(marker: number, depth: number): AmfValue {
    this.#countNodes(1);
    switch (marker) {
      case MARKER.number:
        return this.#bytes.f64();
      case MARKER.boolean:
        return this.#bytes.u8() !== 0;
      case MARKER.string:
        return this.#string(this.#bytes.u16());
      case MARKER.longString:
        return this.#string(this.#bytes.u32());
      case MARKER.null:
        return null;
      case MARKER.undefined:
        return undefined;
      case MARKER.unsupported:
        return { kind: 'unsupported' };
      case MARKER.xmlDocument:
        return { kind: 'xml', text: this.#string(this.#bytes.u32()) };
      case MARKER.date:
        return { kind: 'date', epochMs: this.#bytes.f64(), timeZone: (this.#bytes.u16() << 16) >> 16 };
      case MARKER.avmPlus:
        return this.#rest(depth);
      case MARKER.reference:
        return this.#reference(depth);
      default:
        return this.#container(marker, depth + 1);
    }
  }

  #container(marker: number, depth: number): AmfValue {
    this.#checkDepth(depth);
    const referable: Referable = { value: undefined, nodes: this.#nodes, height: 0, isComplete: false };
    this.#referables.push(referable);
    const outerDeepest = this.#deepest;
    this.#deepest = depth;
    referable.value = this.#containerBody(marker, depth);
    referable.nodes = this.#nodes - referable.nodes + 1;
    referable.height = this.#deepest - depth + 1;
    referable.isComplete = true;
    this.#deepest = Math.max(outerDeepest, this.#deepest);
    return referable.value;
  }

  #containerBody(marker: number, depth: number): AmfValue {
    switch (marker) {
      case MARKER.object:
        return { kind: 'object', properties: this.#properties(depth) };
      case MARKER.typedObject: {
        const className = this.#string(this.#bytes.u16());
        return { kind: 'object', className, properties: this.#properties(depth) };
      }
      case MARKER.ecmaArray:
        return { kind: 'ecma-array', properties: this.#properties(depth, this.#bytes.u32()) };
      case MARKER.strictArray: {
        const count = this.#bytes.u32();
        const elements: AmfValue[] = [];
        while (elements.length < count) elements.push(this.#value(this.#bytes.u8(), depth));
        return elements;
      }
      default:
        throw invalid('amf_marker', `0x${marker.toString(16)} is no AMF0 type marker`);
    }
  }

  /** An ECMA array's count is a hint (clause 2.10). It shows whether a body was cut or only lacks its end marker. */
  #properties(depth: number, announcedCount?: number): Map<string, AmfValue> {
    const properties = new Map<string, AmfValue>();
    for (let count = 0; ; count += 1) {
      if (count === announcedCount && !this.hasMore) return properties;
      const key = this.#string(this.#bytes.u16());
      const marker = this.#bytes.u8();
      if (key === '' && marker === MARKER.objectEnd) return properties;
      properties.set(key, this.#value(marker, depth));
    }
  }

  /** A reference counts as many values as its container. Otherwise a few bytes could mean millions of values. */
  #reference(depth: number): AmfValue {
    const index = this.#bytes.u16();
    const referable = this.#referables[index];
    if (referable === undefined) {
      throw invalid('amf_reference', `reference ${index} names none of ${this.#referables.length} objects`);
    }
    if (!referable.isComplete) {
      throw invalid('amf_reference', `reference ${index} names an object that contains it`);
    }
    this.#checkDepth(depth + referable.height);
    this.#deepest = Math.max(this.#deepest, depth + referable.height);
    this.#countNodes(referable.nodes);
    return referable.value;
  }

  /** AMF3 inside AMF0 is not read, so what follows cannot be read either. Inside a container the container is lost. */
  #rest(depth: number): AmfValue {
    if (depth > 0) {
      throw new GatewayError('unsupported', 'amf3_value');
    }
    return { kind: 'amf3', bytes: this.#bytes.rest() };
  }

  #string(byteCount: number): string {
    this.#stringBytes += byteCount;
    if (this.#stringBytes > this.#limits.maxAmfStringBytes) {
      throw tooMuch(`more than ${this.#limits.maxAmfStringBytes} bytes of strings (rtmp.max-amf-text)`);
    }
    return this.#bytes.utf8(byteCount);
  }

  #countNodes(count: number): void {
    this.#nodes += count;
    if (this.#nodes > this.#limits.maxAmfNodes)
      throw tooMuch(`more than ${this.#limits.maxAmfNodes} values (rtmp.max-amf-values)`);
  }

  #checkDepth(depth: number): void {
    if (depth > this.#limits.maxAmfDepth)
      throw tooMuch(`objects nested more than ${this.#limits.maxAmfDepth} deep (rtmp.max-amf-depth)`);
  }
}

function sizeOf(value: AmfValue, depth: number): number {
  if (depth > DEFAULT_RTMP_LIMITS.maxAmfDepth) {
    throw tooMuch(`objects to write nested more than ${DEFAULT_RTMP_LIMITS.maxAmfDepth} deep, or in a cycle`);
  }
  if (value === undefined || value === null) return 1;
  if (typeof value === 'boolean') return 2;
  if (typeof value === 'number') return 9;
  if (typeof value === 'string') {
    const byteCount = Buffer.byteLength(value);
    return byteCount + (byteCount > MAX_SHORT_STRING_BYTES ? 5 : 3);
  }
  if (isStrictArray(value)) {
    return value.reduce<number>((size, element) => size + sizeOf(element, depth + 1), 5);
  }
  switch (value.kind) {
    case 'unsupported':
      return 1;
    case 'date':
      return 11;
    case 'xml':
      return 5 + Buffer.byteLength(value.text);
    case 'amf3':
      return 1 + value.bytes.length;
    case 'object':
      return (
        1 + (value.className === undefined ? 0 : keySize(value.className)) + propertiesSize(value, depth)
      );
    case 'ecma-array':
      return 5 + propertiesSize(value, depth);
    default:
      return assertNever(value);
  }
}

function propertiesSize(value: AmfObject, depth: number): number {
  let size = OBJECT_END_BYTES;
  for (const [key, property] of value.properties) size += keySize(key) + sizeOf(property, depth + 1);
  return size;
}

function keySize(key: string): number {
  const byteCount = Buffer.byteLength(key);
  if (byteCount > MAX_SHORT_STRING_BYTES) {
    throw invalid('amf_key', `a key of ${byteCount} bytes does not fit AMF0's 16-bit length`);
  }
  return 2 + byteCount;
}

function writeValue(writer: ByteWriter, value: AmfValue): void {
  if (value === undefined) writer.u8(MARKER.undefined);
  else if (value === null) writer.u8(MARKER.null);
  else if (typeof value === 'boolean') {
    writer.u8(MARKER.boolean);
    writer.u8(value ? 1 : 0);
  } else if (typeof value === 'number') {
    writer.u8(MARKER.number);
    writer.f64(value);
  } else if (typeof value === 'string') writeString(writer, value);
  else if (isStrictArray(value)) {
    writer.u8(MARKER.strictArray);
    writer.u32(value.length);
    for (const element of value) writeValue(writer, element);
  } else writeKinded(writer, value);
}

type KindedValue = Extract<AmfValue, { readonly kind: string }>;

function writeKinded(writer: ByteWriter, value: KindedValue): void {
  switch (value.kind) {
    case 'unsupported':
      writer.u8(MARKER.unsupported);
      return;
    case 'date':
      writer.u8(MARKER.date);
      writer.f64(value.epochMs);
      writer.u16(value.timeZone & 0xffff);
      return;
    case 'xml':
      writer.u8(MARKER.xmlDocument);
      writer.u32(Buffer.byteLength(value.text));
      writer.utf8(value.text);
      return;
    case 'amf3':
      writer.u8(MARKER.avmPlus);
      writer.bytes(value.bytes);
      return;
    case 'object':
      writer.u8(value.className === undefined ? MARKER.object : MARKER.typedObject);
      if (value.className !== undefined) writeKey(writer, value.className);
      writeProperties(writer, value);
      return;
    case 'ecma-array':
      writer.u8(MARKER.ecmaArray);
      writer.u32(value.properties.size);
      writeProperties(writer, value);
      return;
    default:
      assertNever(value);
  }
}

function writeString(writer: ByteWriter, text: string): void {
  const byteCount = Buffer.byteLength(text);
  if (byteCount > MAX_SHORT_STRING_BYTES) {
    writer.u8(MARKER.longString);
    writer.u32(byteCount);
  } else {
    writer.u8(MARKER.string);
    writer.u16(byteCount);
  }
  writer.utf8(text);
}

function writeProperties(writer: ByteWriter, value: AmfObject): void {
  for (const [key, property] of value.properties) {
    writeKey(writer, key);
    writeValue(writer, property);
  }
  writer.u16(0);
  writer.u8(MARKER.objectEnd);
}

function writeKey(writer: ByteWriter, key: string): void {
  writer.u16(Buffer.byteLength(key));
  writer.utf8(key);
}

function isStrictArray(value: AmfValue): value is readonly AmfValue[] {
  return Array.isArray(value);
}

function invalid(code: ErrorCode, message: string): GatewayError {
  return new GatewayError('invalid-data', code, message);
}

function tooMuch(what: string): GatewayError {
  return new GatewayError('limit', 'amf_limit', `AMF0 with ${what}`);
}
