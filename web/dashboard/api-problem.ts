// Answers of the API that are no success: problem details of the gateway (RFC 9457), or what a proxy says in its place.

/** Statuses with which the gateway refuses a visitor (RFC 9110 clause 15.5). */
const REFUSALS: readonly number[] = [401, 403, 429];

/** An answer that is no success. The status is 0 if there was none. */
export class ApiProblem extends Error {
  readonly status: number;
  /** A code of docs/errors.md; empty if the answer has none. */
  readonly code: string;

  constructor(status: number, code: string, detail: string) {
    super(detail);
    this.name = 'ApiProblem';
    this.status = status;
    this.code = code;
  }

  /** The gateway itself refuses the visitor. A proxy that cannot reach it answers too, but has no code: the token may be right. */
  get isRefusal(): boolean {
    return this.code !== '' && REFUSALS.includes(this.status);
  }
}

/** The problem of an answer. */
export function problemIn(status: number, body: string): ApiProblem {
  const { code, detail, title } = parseBody(body) as { code?: unknown; detail?: unknown; title?: unknown };
  return new ApiProblem(status, String(code ?? ''), String(detail ?? title ?? ''));
}

/** The JSON object of a body; an empty one if it is something else. */
export function parseBody(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
