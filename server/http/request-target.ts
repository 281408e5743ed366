// Request targets (RFC 9112 clause 3.2): a path (the usual form), a whole URL (which a server must also accept), and `*`.

/** `http://host/path?query`; scheme and authority are ignored. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]+/i;

/** The path and query of a target in origin-form or absolute-form; any other target unchanged. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
