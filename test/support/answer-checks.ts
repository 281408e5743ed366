// Every answer of the API that a test or a page gets, against the OpenAPI document of the gateway that gave it.
import { setTimeout as delay } from 'node:timers/promises';
import { ApiDocument } from './api-document.ts';

const API = /^(.*)\/api\/v1(\/[^#]*)$/;
/** The page of the reference, the document itself, and streams of events, which are endless. */
const NOT_CHECKED = /^\/(?:|openapi\.json|streams\/[^/]+\/events)(?:\?|$)/;

/** A test may have left an answer that never ends. */
const ANSWER_TIMEOUT_MS = 5_000;

type Answer = {
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
};

export class AnswerChecks {
  readonly #documents = new Map<string, Promise<ApiDocument>>();
  readonly #checks: Promise<string | undefined>[] = [];

  get count(): number {
    return this.#checks.length;
  }

  /** Reads an answer and checks it later; other addresses than those of operations are left out. */
  check(url: string, read: () => Promise<Omit<Answer, 'url'>>): void {
    const [, root = '', path = ''] = API.exec(url) ?? [];
    if (path === '' || NOT_CHECKED.test(path)) return;
    const judge = async (): Promise<string | undefined> => {
      const answer = await read();
      const isPreflight = answer.method === 'OPTIONS';
      // HEAD has the answer of GET, without its body.
      if (isPreflight || answer.method === 'HEAD') return undefined;
      return (await this.#documentOf(root)).faultOf({ ...answer, path });
    };
    // The gateway or the page may end before the body is read.
    this.#checks.push(judge().catch(() => undefined));
  }

  /** The faults of all answers that are complete. */
  async faults(): Promise<string[]> {
    const late = delay(ANSWER_TIMEOUT_MS, undefined, { ref: false });
    const found = await Promise.all(this.#checks.map((check) => Promise.race([check, late])));
    return found.filter((fault) => fault !== undefined);
  }

  #documentOf(root: string): Promise<ApiDocument> {
    const known = this.#documents.get(root);
    if (known !== undefined) return known;
    const document = ApiDocument.load(root);
    this.#documents.set(root, document);
    return document;
  }
}
