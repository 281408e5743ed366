// The operations of the API that the dashboard uses, with the admin token. Errors are problem details (RFC 9457).
import { ApiProblem, parseBody, problemIn } from './api-problem.ts';
import { adminToken } from './operator-token.ts';

const TIMEOUT_MS = 10_000;

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
    if (response.ok) return parseBody(text);
    throw problemIn(response.status, text);
  }
}

function reasonOf(reason: string): { readonly reason?: string } {
  const text = reason.trim();
  return text === '' ? {} : { reason: text };
}
