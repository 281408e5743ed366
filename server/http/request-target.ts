// Request targets (RFC 9112 clause 3.2): a path, which is the usual form, a whole URL, which a server must accept too, and `*`.

/** `http://host/path?query`: scheme and authority say whom the request is for, and it has come to us. */
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]+/i;

/** The path and query of a target in origin-form or absolute-form; any other target as it is. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const [authority] = ABSOLUTE_FORM.exec(target) ?? [];
  if (authority === undefined) return target;
  const rest = target.slice(authority.length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
