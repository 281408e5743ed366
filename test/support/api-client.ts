// A client of the API that checks every answer against the OpenAPI document of the gateway that gave it.
import { createRequire } from 'node:module';
import { expect } from 'vitest';
import { z } from 'zod';

/** The validator that checks OpenAPI documents brings a checker of JSON Schema 2020-12, which did not make the schemas. */
const validatorRequire = createRequire(
  createRequire(import.meta.url).resolve('@seriousme/openapi-schema-validator'),
);

type CheckValue = ((value: unknown) => boolean) & { readonly errors?: unknown };
type Checker = {
  addSchema(schema: object, id: string): Checker;
  getSchema(id: string): CheckValue | undefined;
  compile(schema: object): CheckValue;
};
const { Ajv2020 } = validatorRequire('ajv/dist/2020') as { Ajv2020: new (options: object) => Checker };

const contentSchema = z.record(z.string(), z.object({ schema: z.record(z.string(), z.unknown()) }));
const documentSchema = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.object({
        responses: z.record(z.string(), z.object({ content: contentSchema.optional() })),
      }),
    ),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

export type ApiAnswer = {
  readonly status: number;
  readonly headers: Headers;
  /** Undefined if there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields that the check has shown to exist
  readonly body: any;
};

export type ApiRequest = { readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> };

/** Operations that were called, and the statuses of their answers: `GET /keys 200`. */
export const seenAnswers = new Set<string>();

export class ApiClient {
  readonly #root: string;
  readonly #token: string | undefined;
  readonly #document: z.infer<typeof documentSchema>;
  readonly #checker: Checker;

  private constructor(root: string, token: string | undefined, document: z.infer<typeof documentSchema>) {
    this.#root = root;
    this.#token = token;
    this.#document = document;
    this.#checker = new Ajv2020({ strict: false, formats: { 'date-time': true } });
    this.#checker.addSchema(document, 'document');
  }

  /** `root` is the address of the gateway, without a slash at its end. */
  static async open(root: string, token?: string): Promise<ApiClient> {
    const response = await fetch(`${root}/api/v1/openapi.json`);
    return new ApiClient(root, token, documentSchema.parse(await response.json()));
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
    this.#check(method, path, response, text);
    const answer = text === '' ? undefined : (JSON.parse(text) as unknown);
    return { status: response.status, headers: response.headers, body: answer };
  }

  #check(method: string, path: string, { status, headers }: Response, text: string): void {
    const template = this.#templateOf(path);
    const what = `${method} ${template} ${status}`;
    seenAnswers.add(what);
    const documented = this.#document.paths[template]?.[method.toLowerCase()]?.responses[String(status)];
    expect(documented, `${what} is in the document: ${text}`).toBeDefined();
    const [type] = (headers.get('content-type') ?? '').split(';');
    const content = documented?.content ?? {};
    if (text === '') return expect(content, what).toEqual({});
    const schema = content[type ?? '']?.schema;
    expect(schema, `${what} may be ${type}`).toBeDefined();
    const rooted = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const isValid = this.#checker.compile(JSON.parse(rooted));
    expect(isValid(JSON.parse(text)), `${what}: ${JSON.stringify(isValid.errors)} of ${text}`).toBe(true);
  }

  /** `/streams/show?x` → `/streams/{name}`. */
  #templateOf(path: string): string {
    const parts = (path.split('?')[0] ?? '').split('/');
    const found = Object.keys(this.#document.paths).find((template) => {
      const wanted = template.split('/');
      return (
        wanted.length === parts.length &&
        wanted.every((part, at) => part.startsWith('{') || part === parts[at])
      );
    });
    expect(found, `${path} is in the document`).toBeDefined();
    return found ?? '';
  }
}
