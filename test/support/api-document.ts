// The OpenAPI document of a gateway, as the judge of every answer of its API.
import { createRequire } from 'node:module';
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

type Document = z.infer<typeof documentSchema>;

/** One answer of the API. `path` is below `/api/v1`, with or without a query. */
export type CheckedAnswer = {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
};

export class ApiDocument {
  readonly #document: Document;
  readonly #checker: Checker;

  private constructor(document: Document) {
    this.#document = document;
    this.#checker = new Ajv2020({ strict: false, formats: { 'date-time': true } });
    this.#checker.addSchema(document, 'document');
  }

  /** `root` is the address of the gateway, without a slash at its end. */
  static async load(root: string): Promise<ApiDocument> {
    const response = await fetch(`${root}/api/v1/openapi.json`);
    return new ApiDocument(documentSchema.parse(await response.json()));
  }

  /** `GET /streams/{name} 200`; undefined if the document has no such path. */
  nameOf({ method, path, status }: CheckedAnswer): string | undefined {
    const template = this.#templateOf(path);
    return template === undefined ? undefined : `${method} ${template} ${status}`;
  }

  /** What the document does not allow in an answer; undefined if it is as documented. */
  faultOf(answer: CheckedAnswer): string | undefined {
    const { method, path, status, contentType, text } = answer;
    const template = this.#templateOf(path);
    if (template === undefined) return `${method} ${path} is not in the document`;
    const what = `${method} ${template} ${status}`;
    const documented = this.#document.paths[template]?.[method.toLowerCase()]?.responses[String(status)];
    if (documented === undefined) return `${what} is not in the document: ${text}`;
    const content = documented.content ?? {};
    if (text === '') return Object.keys(content).length === 0 ? undefined : `${what} has no body`;
    const [type = ''] = contentType.split(';');
    const schema = content[type]?.schema;
    if (schema === undefined) return `${what} may not be ${type}`;
    const rooted = JSON.stringify(schema).replaceAll('"#/', '"document#/');
    const isValid = this.#checker.compile(JSON.parse(rooted));
    return isValid(JSON.parse(text)) ? undefined : `${what}: ${JSON.stringify(isValid.errors)} of ${text}`;
  }

  /** `/streams/show?x` → `/streams/{name}`. */
  #templateOf(path: string): string | undefined {
    const parts = (path.split('?')[0] ?? '').split('/');
    return Object.keys(this.#document.paths).find((template) => {
      const wanted = template.split('/');
      return (
        wanted.length === parts.length &&
        wanted.every((part, at) => part.startsWith('{') || part === parts[at])
      );
    });
  }
}
