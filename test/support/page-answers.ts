// Every answer of the API that a page gets, against the OpenAPI document of the gateway that gave it.
import type { Page, Response } from 'playwright-core';
import { ApiDocument } from './api-document.ts';

const API = /^(.*)\/api\/v1(\/[^#]*)$/;
/** The page of the reference, the document itself, and streams of events, which are endless. */
const NOT_CHECKED = /^\/(?:|openapi\.json|streams\/[^/]+\/events)(?:\?|$)/;

/** Listens to a page. @returns the faults of all answers so far */
export function checkApiAnswers(page: Page): () => Promise<string[]> {
  const documents = new Map<string, Promise<ApiDocument>>();
  const checks: Promise<string | undefined>[] = [];
  const check = async (response: Response, root: string, path: string): Promise<string | undefined> => {
    let document = documents.get(root);
    if (document === undefined) {
      document = ApiDocument.load(root);
      documents.set(root, document);
    }
    const text = await response.text();
    const [method, status] = [response.request().method(), response.status()];
    const contentType = (await response.headerValue('content-type')) ?? '';
    return (await document).faultOf({ method, path, status, contentType, text });
  };
  page.on('response', (response) => {
    const [, root = '', path = ''] = API.exec(response.url()) ?? [];
    if (path === '' || NOT_CHECKED.test(path)) return;
    // The gateway or the page may end before the body is read.
    checks.push(check(response, root, path).catch(() => undefined));
  });
  return async () => (await Promise.all(checks)).filter((fault) => fault !== undefined);
}
