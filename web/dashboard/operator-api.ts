// The operations of the API that the dashboard uses, with the admin token. Errors are problem details (RFC 9457).
import { adminToken } from './operator-token.ts';

const TIMEOUT_MS = 10_000;

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

/** A publish key as the list has it, without the secret. */
export type ListedKey = {
  /** Absent for keys that the API cannot remove. */
  readonly id?: string;
  readonly name: string;
  readonly expires?: string;
  readonly networks?: readonly string[];
  readonly takeover?: string;
  readonly maxBitsPerSecond?: number;
};

export class OperatorApi {
  readonly #root: string;

  constructor(root: string) {
    this.#root = `${root}api/v1`;
  }

  /** Rejects with the refusal if the visitor may not use the dashboard with this token. */
  async check(token: string | undefined): Promise<void> {
    await this.#ask('GET', '/closed-names', { token });
  }

  async kick(name: string, reason: string): Promise<void> {
    await this.#ask('POST', `/streams/${encodeURIComponent(name)}/kick`, { body: reasonOf(reason) });
  }

  async end(name: string, reason: string, closedForS: number): Promise<void> {
    const body = { ...reasonOf(reason), closedForS };
    await this.#ask('POST', `/streams/${encodeURIComponent(name)}/end`, { body });
  }

  /** All publish keys. */
  async keys(): Promise<readonly ListedKey[]> {
    const answer = await this.#ask('GET', '/keys');
    const { keys } = answer as { keys?: unknown };
    return Array.isArray(keys) ? (keys as ListedKey[]) : [];
  }

  /** Makes a key like another one; resolves with the secret. */
  async addKey(name: string, like: ListedKey | undefined): Promise<string> {
    const { expires, networks, takeover, maxBitsPerSecond } = like ?? {};
    const isValid = expires !== undefined && Date.parse(expires) > Date.now();
    const body = {
      name,
      ...(isValid ? { expires } : {}),
      ...(networks === undefined ? {} : { networks }),
      ...(takeover === undefined ? {} : { takeover }),
      ...(maxBitsPerSecond === undefined ? {} : { maxBitsPerSecond }),
    };
    const answer = await this.#ask('POST', '/keys', { body });
    return String((answer as { key?: unknown }).key ?? '');
  }

  async removeKey(id: string): Promise<void> {
    await this.#ask('DELETE', `/keys/${encodeURIComponent(id)}`);
  }

  async #ask(
    method: string,
    path: string,
    { body, token = adminToken() }: { readonly body?: unknown; readonly token?: string | undefined } = {},
  ): Promise<unknown> {
    let response: Response;
    let text: string;
    try {
      response = await fetch(`${this.#root}${path}`, {
        method,
        cache: 'no-store',
        headers: {
          accept: 'application/json',
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      text = await response.text();
    } catch {
      throw new ApiProblem(0, '', '');
    }
    const answer = parse(text);
    if (response.ok) return answer;
    const { code, detail, title } = answer as { code?: unknown; detail?: unknown; title?: unknown };
    throw new ApiProblem(response.status, String(code ?? ''), String(detail ?? title ?? ''));
  }
}

function reasonOf(reason: string): { readonly reason?: string } {
  const text = reason.trim();
  return text === '' ? {} : { reason: text };
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
