// Request targets (RFC 9112 clause 3.2): a path (the usual form), a whole URL (which a server must also accept), and `*`.

/** `http://host/path?query`; scheme and authority are ignored. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]+/i;
/** An octet of a letter, a digit or one of `-._~`, percent-encoded (RFC 3986 clause 2.3). */
const ENCODED_UNRESERVED = /%(?:2[DE]|3\d|4[1-9A-F]|5[0-9AF]|6[1-9A-F]|7[0-9AE])/gi;
/** A segment that relative references remove (RFC 3986 clause 5.2.4). */
const DOT_SEGMENT = /^\.{1,2}$/;

/**
 * The path and query of a target in origin-form or absolute-form; any other target unchanged. The path is in the normal form of RFC 3986
 * clause 6.2.2.2, so that routes need to know one form only.
 */
export function pathAndQuery(target: string): string {
  const path = originForm(target);
  const encodedAt = path.indexOf('%');
  if (encodedAt < 0 || !path.startsWith('/')) return path;
  const queryAt = path.indexOf('?');
  if (queryAt < 0) return normalPath(path);
  return encodedAt > queryAt ? path : normalPath(path.slice(0, queryAt)) + path.slice(queryAt);
}

function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Decodes letters, digits and `-._~`, once. Everything else stays as it is, so that `%2F` is no slash and `%25` no percent sign. */
function normalPath(path: string): string {
  return path.split('/').map(normalSegment).join('/');
}

function normalSegment(segment: string): string {
  const normal = segment.replace(ENCODED_UNRESERVED, (octet) =>
    String.fromCharCode(Number.parseInt(octet.slice(1), 16)),
  );
  // No path of the gateway has such a segment, and it must not become one.
  return DOT_SEGMENT.test(normal) ? segment : normal;
}
