// Loads listed media, and hinted media before it exists (RFC 8216bis 6.2.1, 6.2.6).

import type { Tell } from './findings.ts';
import type { Exchange, HttpClient, Outcome } from './http-client.ts';
import { checkErrorHeaders, checkMediaHeaders } from './http-rules.ts';
import type { PreloadHint, Resource } from './media-playlist.ts';

/** Requested hints that are not listed or checked yet; some are withdrawn. */
const MAX_PREFETCHES = 64;
/** One load in this many is repeated: a URI must return the same bytes again. */
const REPEAT_EVERY = 12;

/** The name of a resource in messages, and whether the playlist still lists it. */
export type LoadContext = { readonly name: string; readonly isListed: () => boolean };

export class MediaLoader {
  readonly #client: HttpClient;
  readonly #tell: Tell;
  readonly #prefetches = new Map<string, Promise<Outcome>>();
  #loads = 0;

  constructor(client: HttpClient, tell: Tell) {
    this.#client = client;
    this.#tell = tell;
  }

  /** Requests a hinted part like a player; the server holds the request until the part exists. */
  prefetch(hint: PreloadHint, timeoutMs: number): void {
    if (hint.hasRange || this.#prefetches.has(hint.url)) return;
    this.#prefetches.set(hint.url, this.#client.get(hint.url, { timeoutMs }));
    for (const url of this.#prefetches.keys()) {
      if (this.#prefetches.size <= MAX_PREFETCHES) break;
      this.#prefetches.delete(url);
    }
  }

  /** @returns undefined if it could not be loaded, which was reported unless the check is over */
  async load(resource: Resource, context: LoadContext): Promise<Buffer | undefined> {
    const hinted = await this.#takePrefetch(resource.url);
    const outcome = hinted ?? (await this.#client.get(resource.url, { headers: rangeHeaders(resource) }));
    if (outcome.kind === 'cancelled') return undefined;
    const place = { url: resource.url };
    if (outcome.kind === 'failed') {
      this.#tell('request_failed', `${context.name}: ${outcome.reason}`, place);
      return undefined;
    }
    const { status, bytes } = outcome;
    if (status !== 200 && status !== 206) {
      checkErrorHeaders(outcome, this.#tell);
      // Media may be removed after it has left the playlist.
      if (context.isListed()) this.#tell('media_status', `${context.name} is answered with ${status}`, place);
      return undefined;
    }
    checkMediaHeaders(outcome, this.#tell);
    this.#loads += 1;
    if (this.#loads % REPEAT_EVERY === 0) await this.#repeat(resource, context, outcome);
    const { range } = resource;
    if (range === undefined) return bytes;
    const cut = status === 200 ? bytes.subarray(range.offset, range.offset + range.length) : bytes;
    if (cut.length !== range.length)
      this.#tell(
        'media_status',
        `${context.name}: ${cut.length} bytes, its range has ${range.length}`,
        place,
      );
    return cut;
  }

  async #repeat(resource: Resource, context: LoadContext, first: Exchange): Promise<void> {
    const again = await this.#client.get(resource.url, { headers: rangeHeaders(resource) });
    if (again.kind !== 'answered' || again.status !== first.status || again.bytes.equals(first.bytes)) return;
    this.#tell(
      'media_changed',
      `${context.name} had ${first.bytes.length} bytes, and ${again.bytes.length} others when asked again`,
      { url: resource.url },
    );
  }

  /** The answer to the request for a hint, if a player could use it. */
  async #takePrefetch(url: string): Promise<Outcome | undefined> {
    const outcome = await this.#prefetches.get(url);
    this.#prefetches.delete(url);
    if (outcome === undefined) return undefined;
    if (outcome.kind === 'answered' && outcome.status === 200) return outcome;
    // While a publisher is away a hold may end with 503. Any other status is a fault.
    const isHold = outcome.kind === 'answered' ? outcome.status === 503 : outcome.kind === 'cancelled';
    const what = outcome.kind === 'answered' ? `status ${outcome.status}` : outcome.kind;
    const reason = outcome.kind === 'failed' ? outcome.reason : what;
    if (!isHold)
      this.#tell('hint_not_served', `${url} was hinted and came; the request before that: ${reason}`, {
        url,
      });
    return undefined;
  }
}

function rangeHeaders({ range }: Resource): Readonly<Record<string, string>> {
  return range === undefined ? {} : { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
}
