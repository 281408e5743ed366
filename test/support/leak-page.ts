// What a page of a test receives, for the search for secrets: answers, messages of WebSockets, and its console.
import type { Page, Response } from 'playwright-core';
import { isText, leakSearch } from './leak-search.ts';

export function searchPage(page: Page): void {
  page.on('response', (response) => leakSearch.await(searchAnswer(response)));
  page.on('websocket', (socket) => {
    const saw = leakSearch.sawPieces('websocket', 'a page');
    socket.on('framereceived', ({ payload }) => saw(String(payload)));
  });
  const sawLine = leakSearch.sawPieces('page', 'console');
  page.on('console', (message) => sawLine(`${message.text()}\n`));
}

async function searchAnswer(response: Response): Promise<void> {
  const head = response.headers();
  const type = head['content-type'];
  const [method, url] = [response.request().method(), response.url()];
  // An endless answer has no body to wait for.
  const isSearched = isText(type) && !type?.startsWith('text/event-stream');
  leakSearch.sawAnswer(method, url, head, isSearched ? await response.text() : '');
}
