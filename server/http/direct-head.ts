// Reads heads of simple GETs (RFC 9112 clauses 3 and 5), strictly. Everything else is for node:http: other methods and versions, bodies,
// upgrades, repeated headers, and whatever is not quite right, for which it has the answer.

import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpRequest } from './http-exchange.ts';
import { MAX_HEADER_BYTES } from './http-limits.ts';

const GET = Buffer.from('GET ');
const VERSION_TEXT = ' HTTP/1.1\r\n';
const VERSION = Buffer.from(VERSION_TEXT);
const LINE_END = '\r\n';
/** Visible ASCII; a `#` has no place in a target. */
const TARGET = /^\/[\x21\x22\x24-\x7e]*$/;
/**
 * RFC 9110 clauses 5.1 and 5.5. Blanks match in one way only. If they could belong to either side of the value, a line of blanks with
 * an invalid byte at its end would be tried in every way, which takes minutes.
 */
const FIELD =
  /^([\w!#$%&'*+.^`|~-]+):[ \t]*(?:([\x21-\x7e\x80-\xff]+(?:[ \t]+[\x21-\x7e\x80-\xff]+)*)[ \t]*)?$/;
/** With these a request has a body, or wants something else than one answer. */
const NOT_SIMPLE: ReadonlySet<string> = new Set([
  'content-length',
  'expect',
  'http2-settings',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** The headers of a request, which most requests of one connection have in common. */
export class HeadFields {
  /** Names and values alternate. */
  readonly rawHeaders: string[];
  #headers: IncomingHttpHeaders | undefined;
  #byName: ReadonlyMap<string, string> | undefined;

  constructor(rawHeaders: string[]) {
    this.rawHeaders = rawHeaders;
  }

  /** The value of a header; `name` is in lower case. */
  value(name: string): string | undefined {
    this.#byName ??= new Map(pairsOf(this.rawHeaders));
    return this.#byName.get(name);
  }

  /** As node:http's, because no name is repeated. */
  get headers(): IncomingHttpHeaders {
    this.#headers ??= Object.fromEntries(pairsOf(this.rawHeaders));
    return this.#headers;
  }

  /** Whether the headers are those of a GET without a body on a connection that stays open. */
  get isSimple(): boolean {
    const names = new Set<string>();
    for (const [name, value] of pairsOf(this.rawHeaders)) {
      if (names.has(name) || NOT_SIMPLE.has(name)) return false;
      if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return false;
      names.add(name);
    }
    return names.has('host');
  }
}

export class DirectRequest implements HttpRequest {
  readonly method = 'GET';
  readonly httpVersion = '1.1';
  readonly socket: Socket;
  url: string;
  readonly #fields: HeadFields;

  constructor(socket: Socket, url: string, fields: HeadFields) {
    this.socket = socket;
    this.url = url;
    this.#fields = fields;
  }

  /** The value of a header; `name` is in lower case. */
  value(name: string): string | undefined {
    return this.#fields.value(name);
  }

  get rawHeaders(): string[] {
    return this.#fields.rawHeaders;
  }

  get headers(): IncomingHttpHeaders {
    return this.#fields.headers;
  }
}

/** Reads the heads of one connection. Headers that are the same as those before are not read again. */
export class HeadReader {
  #bytes: Buffer | undefined;
  #fields: HeadFields | undefined;
  /** The last head behind its target, if it was simple. */
  #afterTarget: string | undefined;

  /**
   * Reads a head that differs from the last one in its target only, and behind which nothing follows. That is most heads.
   * Undefined for all others, which `read` reads.
   */
  readRepeated(bytes: Buffer): { readonly target: string; readonly fields: HeadFields } | undefined {
    const after = this.#afterTarget;
    const fields = this.#fields;
    if (after === undefined || fields === undefined) return undefined;
    const targetEnd = bytes.length - after.length;
    if (targetEnd <= GET.length || bytes.length > MAX_HEADER_BYTES) return undefined;
    const text = bytes.toString('latin1');
    if (!text.startsWith('GET ') || !text.endsWith(after)) return undefined;
    // Not a part of `text`, which targets that are remembered would keep.
    const target = bytes.toString('latin1', GET.length, targetEnd);
    return TARGET.test(target) ? { target, fields } : undefined;
  }

  /** The target and headers of a head, which ends with an empty line; undefined if it is for node:http. */
  read(head: Buffer): { readonly target: string; readonly fields: HeadFields } | undefined {
    const lineEnd = head.indexOf(LINE_END);
    const targetEnd = lineEnd + LINE_END.length - VERSION.length;
    if (targetEnd <= GET.length || head.compare(GET, 0, GET.length, 0, GET.length) !== 0) return undefined;
    if (head.compare(VERSION, 0, VERSION.length, targetEnd, lineEnd + LINE_END.length) !== 0)
      return undefined;
    const target = head.toString('latin1', GET.length, targetEnd);
    if (!TARGET.test(target)) return undefined;
    const rest = head.subarray(lineEnd + LINE_END.length);
    if (this.#bytes?.equals(rest) !== true) {
      const text = rest.toString('latin1');
      this.#fields = readFields(text);
      this.#afterTarget = this.#fields && `${VERSION_TEXT}${text}`;
      // A copy, because a received buffer is larger.
      this.#bytes = Buffer.from(rest);
    }
    return this.#fields && { target, fields: this.#fields };
  }
}

/** Undefined if they are not simple. */
function readFields(text: string): HeadFields | undefined {
  const rawHeaders: string[] = [];
  for (const line of text.slice(0, -2 * LINE_END.length).split(LINE_END)) {
    const [, name, value = ''] = FIELD.exec(line) ?? [];
    if (name === undefined) return undefined;
    rawHeaders.push(name, value);
  }
  const fields = new HeadFields(rawHeaders);
  return fields.isSimple ? fields : undefined;
}

function* pairsOf(rawHeaders: readonly string[]): Generator<readonly [name: string, value: string]> {
  for (let at = 0; at < rawHeaders.length; at += 2)
    yield [(rawHeaders[at] ?? '').toLowerCase(), rawHeaders[at + 1] ?? ''];
}
