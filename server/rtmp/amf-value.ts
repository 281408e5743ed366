// AMF0 values: plain scalars, and containers based on Map, so that no received key can reach a prototype.

/** Any AMF0 value; arrays are strict arrays. */
export type AmfValue =
  | undefined
  | null
  | boolean
  | number
  | string
  | readonly AmfValue[]
  | AmfObject
  | AmfDate
  | AmfXml
  | AmfUnsupported
  | AmfOpaque;

/** An object, typed object (with `className`) or ECMA array; properties in wire order. */
export type AmfObject = {
  readonly kind: 'object' | 'ecma-array';
  readonly className?: string;
  readonly properties: ReadonlyMap<string, AmfValue>;
};

/** Milliseconds since 1970 UTC; the time zone is reserved and should be 0 (AMF0 clause 2.13). */
export type AmfDate = { readonly kind: 'date'; readonly epochMs: number; readonly timeZone: number };
export type AmfXml = { readonly kind: 'xml'; readonly text: string };
/** A value that the sender could not express (clause 2.14). */
export type AmfUnsupported = { readonly kind: 'unsupported' };
/** A switch to AMF3 (clause 3.1): the rest of the message, unread. */
export type AmfOpaque = { readonly kind: 'amf3'; readonly bytes: Buffer };

/** An anonymous object with these properties. */
export function amfObject(properties: Readonly<Record<string, AmfValue>>): AmfObject {
  return { kind: 'object', properties: new Map(Object.entries(properties)) };
}

/** An ECMA array with these properties, as encoders use for metadata. */
export function amfEcmaArray(properties: Readonly<Record<string, AmfValue>>): AmfObject {
  return { kind: 'ecma-array', properties: new Map(Object.entries(properties)) };
}

/** Whether the value is an object, typed object or ECMA array. */
export function isAmfObject(value: AmfValue): value is AmfObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    (value.kind === 'object' || value.kind === 'ecma-array')
  );
}

/** The property of an object or ECMA array; undefined for anything else. */
export function amfProperty(value: AmfValue, key: string): AmfValue {
  return isAmfObject(value) ? value.properties.get(key) : undefined;
}

/** A string property; undefined when it is absent or of another type. */
export function amfStringProperty(value: AmfValue, key: string): string | undefined {
  const property = amfProperty(value, key);
  return typeof property === 'string' ? property : undefined;
}
