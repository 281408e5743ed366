// A client of the API that checks every answer against the OpenAPI document of the gateway that gave it.
import { expect } from 'vitest';
import { ApiDocument } from './api-document.ts';

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields that the check has shown to exist
  readonly body: any;
};

export type ApiRequest = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** Operations that were called, and the statuses of their answers: `GET /keys 200`. */
const seenAnswers = new Set<string>();

export class ApiClient {
  readonly #root: string;
  readonly #token: string | undefined;
  readonly #document: ApiDocument;

  private constructor(root: string, token: string | undefined, document: ApiDocument) {
    this.#root = root;
    this.#token = token;
    this.#document = document;
  }

  /** `root` is the address of the gateway, without a slash at its end. */
  static async open(root: string, token?: string): Promise<ApiClient> {
    return new ApiClient(root, token, await ApiDocument.load(root));
  }

  with(token: string | undefined): ApiClient {
    return new ApiClient(this.#root, token, this.#document);
  }

  get = (path: string, request?: ApiRequest): Promise<ApiAnswer> => this.ask('GET', path, request);
  post = (path: string, body: unknown = {}): Promise<ApiAnswer> => this.ask('POST', path, { body });
  delete = (path: string): Promise<ApiAnswer> => this.ask('DELETE', path);

  /** `path` is below `/api/v1`. Fails if the answer is not as the document says. */
  async ask(method: string, path: string, { body, headers = {} }: ApiRequest = {}): Promise<ApiAnswer> {
    const response = await fetch(`${this.#root}/api/v1${path}`, {
      method,
      headers: {
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const { status, headers: received } = response;
    const checked = { method, path, status, contentType: received.get('content-type') ?? '', text };
    seenAnswers.add(this.#document.nameOf(checked) ?? path);
    expect(this.#document.faultOf(checked)).toBeUndefined();
    const answer = text === '' ? undefined : (JSON.parse(text) as unknown);
    return { status, headers: received, body: answer };
  }
}
