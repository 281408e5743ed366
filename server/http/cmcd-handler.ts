// Reports of players about themselves: `POST /cmcd` for events (CTA-5004-B), and what requests for media carry in their query or
// headers (CTA-5004). Players of any site may report; nothing is stored in the browser, and answers have no content.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PlaybackVerdict } from '../access/playback-verdict.ts';
import { NetworkList } from '../address.ts';
import type { MonotonicClock } from '../clock.ts';
import { FIXED_LIMITS, type OnLimit } from '../limit-tally.ts';
import { isStreamName } from '../live/stream-name.ts';
import type { Logger } from '../log.ts';
import { PeerGroups, PeerRates } from '../peer-rates.ts';
import { readReports, reportOfHeaders, reportOfQuery, type ViewerReport } from '../stats/cmcd-report.ts';
import type { ViewerReports } from '../stats/viewer-reports.ts';
import type { Admission } from './admission.ts';
import { BodyPlaces } from './body-places.ts';
import type { HttpRequest } from './http-exchange.ts';
import { type Problem, sendProblem } from './http-replies.ts';
import { isOver } from './is-over.ts';
import { MAX_BODY_PIECES, readBytes } from './json-body.ts';
import { type PlaybackDoor, tokenOf } from './playback-door.ts';
import { sendPreflight } from './preflight.ts';
import { headerOf } from './request-header.ts';

/** Relative to the gateway's root, for pages. */
export const REPORTS_PATH = 'cmcd';
/** A report has about 300 bytes, and players send a few together. */
const MAX_BODY_BYTES = 16 * 1024;
/** Bodies that arrive at the same time: they take 8 MiB at most, and each is there in a moment. */
const MAX_BODIES = FIXED_LIMITS['reports.bodies'].limit;
const MAX_BODIES_PER_ADDRESS = FIXED_LIMITS['reports.bodies-per-address'].limit;
/**
 * Reports a second. A player sends one every ten seconds, and reading one takes a tenth of a millisecond: enough for a thousand
 * viewers behind one address, and for twenty thousand in all, which take less than half of a core.
 */
const MAX_REPORTS_PER_ADDRESS = FIXED_LIMITS['reports.rate-per-address'].limit;
const MAX_REPORTS_IN_ALL = FIXED_LIMITS['reports.rate'].limit;
const BURST_S = 5;
/** Streams in one body: a player plays one. */
const MAX_NAMES = 4;
const METHODS = 'POST, OPTIONS';
/** Players of any site report, without credentials. */
const ANY_ORIGIN: readonly string[] = ['access-control-allow-origin', '*'];

const BAD_METHOD: Problem = {
  status: 405,
  title: 'Not allowed',
  detail: 'Reports of players (CMCD) are sent by POST.',
};
/** CTA-5004-B: a player that gets 410 stops. */
const SWITCHED_OFF: Problem = {
  status: 410,
  title: 'No reports',
  detail: 'This gateway takes no reports of players (viewers.reports is off).',
};
const TOO_MANY: Problem = {
  status: 429,
  title: 'Too many reports',
  detail:
    'Your address sends too many reports; a player needs one every ten seconds. Proxies must be listed in proxies.trusted.',
};
const TOO_LARGE: Problem = {
  status: 413,
  title: 'Too large',
  detail: `A body with reports is ${MAX_BODY_BYTES} bytes at most, in ${MAX_BODY_PIECES} pieces at most.`,
};
const UNREADABLE: Problem = {
  status: 400,
  title: 'No report',
  detail:
    'The body has no report with a session (sid): send CMCD version 2, one report in each line, such as v=2,sid="ID",cid="NAME",e=t,ts=TIME,sta=p.',
};
const COMPRESSED: Problem = {
  status: 415,
  title: 'Compressed',
  detail: 'The body is compressed; send it as it is.',
};

export type CmcdHandlerOptions = {
  /** Undefined if reports are switched off. */
  readonly reports: ViewerReports | undefined;
  readonly admission: Pick<Admission, 'clientOf' | 'groups' | 'refused'>;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackDoor;
  readonly clock: MonotonicClock;
  readonly log: Logger;
  readonly onLimit?: OnLimit;
};

/** Whether a path belongs to this handler. */
export function isCmcdPath(path: string): boolean {
  return path === `/${REPORTS_PATH}` || path.startsWith(`/${REPORTS_PATH}?`);
}

export class CmcdHandler {
  readonly #options: CmcdHandlerOptions;
  readonly #bodies: BodyPlaces;
  readonly #rates: PeerRates;
  readonly #rateInAll: PeerRates;

  constructor(options: CmcdHandlerOptions) {
    const { admission, clock } = options;
    this.#options = options;
    this.#bodies = new BodyPlaces(admission.groups, MAX_BODIES, MAX_BODIES_PER_ADDRESS);
    this.#rates = new PeerRates(admission.groups, MAX_REPORTS_PER_ADDRESS, BURST_S, clock);
    this.#rateInAll = new PeerRates(new PeerGroups(new NetworkList('')), MAX_REPORTS_IN_ALL, BURST_S, clock);
  }

  /** Answers a request for `/cmcd`. */
  handle(request: IncomingMessage, response: ServerResponse): void {
    const { method, headers } = request;
    const { reports, admission } = this.#options;
    if (method === 'OPTIONS') return sendPreflight(request, response, METHODS);
    if (method !== 'POST') return sendProblem(response, BAD_METHOD, NOT_THAT_METHOD);
    if (reports === undefined) return sendProblem(response, SWITCHED_OFF, ANY_ORIGIN);
    const client = admission.clientOf(request);
    if (wantsPrivacy(request)) {
      reports.count('opted-out');
      return accept(response);
    }
    if ((headers['content-encoding'] ?? 'identity') !== 'identity')
      return sendProblem(response, COMPRESSED, ANY_ORIGIN);
    if (this.#isTooMuch(client)) return this.#refuse(response, reports, client);
    const leave = this.#bodies.take(client, () => this.#giveWay(request, reports));
    if (typeof leave === 'string') {
      this.#options.onLimit?.(leave === 'in_all' ? 'reports.bodies' : 'reports.bodies-per-address');
      return this.#refuse(response, reports, client);
    }
    this.#takeBody(request, response, reports)
      .catch((error: unknown) => this.#fail(request, response, error))
      .finally(leave);
  }

  /**
   * Takes what a request for a playlist or for media says about its player, if it says anything.
   * @param viewer identifies who watches, if the token says so
   */
  takeRequest(request: HttpRequest, name: string, query: string, viewer: string | undefined): void {
    const { reports, admission } = this.#options;
    if (reports === undefined) return;
    const isInQuery = query.includes('CMCD=');
    // Nothing else is read of a request without a report.
    if (!isInQuery && headerOf(request, 'cmcd-session') === undefined) return;
    const { headers } = request;
    if (wantsPrivacy(request)) return reports.count('opted-out');
    const address = admission.clientOf(request);
    if (this.#isTooMuch(address) || !this.#mayRead(address)) return reports.count('too-many');
    const report = isInQuery ? reportOfQuery(query) : reportOfHeaders(headers);
    if (report === undefined) return reports.count('unreadable');
    reports.take(name, report, { who: viewer ?? address, userAgent: headers['user-agent'] });
  }

  async #takeBody(request: IncomingMessage, response: ServerResponse, reports: ViewerReports): Promise<void> {
    const { admission, log } = this.#options;
    const text = await bodyOf(request, log);
    if (isOver(response)) return;
    const isHttp1 = request.httpVersionMajor === 1;
    // The rest of the body is not read.
    if (text === undefined)
      return sendProblem(response, TOO_LARGE, isHttp1 ? [...ANY_ORIGIN, 'connection', 'close'] : ANY_ORIGIN);
    const client = admission.clientOf(request);
    const isJson = /json/i.test(request.headers['content-type'] ?? '');
    const { reports: given, unreadable } = readReports(text, isJson, () => this.#mayRead(client));
    if (unreadable > 0) reports.count('unreadable', unreadable);
    if (given.length === 0 && this.#isTooMuch(client)) return this.#refuse(response, reports, client);
    if (given.length === 0) return sendProblem(response, UNREADABLE, ANY_ORIGIN);
    await this.#takeAll(request, given, reports);
    if (!isOver(response)) accept(response);
  }

  async #takeAll(
    request: IncomingMessage,
    given: readonly ViewerReport[],
    reports: ViewerReports,
  ): Promise<void> {
    const verdicts = new Map<string, 'refused' | { readonly viewer: string | undefined }>();
    const address = this.#options.admission.clientOf(request);
    const userAgent = request.headers['user-agent'];
    for (const report of given) {
      const name = report.content ?? '';
      let verdict = verdicts.get(name);
      if (verdict === undefined) {
        if (!isStreamName(name) || verdicts.size >= MAX_NAMES) {
          reports.count('not-live');
          continue;
        }
        verdict = await this.#judge(request, name, address);
        verdicts.set(name, verdict);
      }
      if (verdict === 'refused') reports.count('no-access');
      else reports.take(name, report, { who: verdict.viewer ?? address, userAgent });
    }
  }

  /** Whether the sender may watch the stream, and who the token says it is. */
  async #judge(
    request: IncomingMessage,
    name: string,
    address: string | undefined,
  ): Promise<'refused' | { readonly viewer: string | undefined }> {
    const { playback } = this.#options;
    const anybody = { viewer: undefined };
    if (playback?.needsToken(name) !== true) return anybody;
    const verdict: PlaybackVerdict = await playback.check(name, tokenOf(request), address);
    if (verdict.kind === 'allowed') return { viewer: verdict.viewer };
    return playback.isSigned(name) ? 'refused' : anybody;
  }

  #isTooMuch(client: string | undefined): boolean {
    const isRateMet = this.#rates.isUsedUp(client);
    const isMet = isRateMet || this.#rateInAll.isUsedUp(EVERYBODY);
    if (isMet) this.#options.onLimit?.(isRateMet ? 'reports.rate-per-address' : 'reports.rate');
    return isMet;
  }

  /** A body of another address gets the place. Nothing is answered: the sender does not read while it sends. */
  #giveWay(request: IncomingMessage, reports: ViewerReports): void {
    reports.count('too-many');
    this.#options.onLimit?.('reports.bodies');
    request.destroy();
  }

  /** Takes one report from the rates. */
  #mayRead(client: string | undefined): boolean {
    return this.#rates.take(client) && this.#rateInAll.take(EVERYBODY);
  }

  #refuse(response: ServerResponse, reports: ViewerReports, client: string | undefined): void {
    reports.count('too-many');
    this.#options.admission.refused('too_many_reports_from_address', client);
    sendProblem(response, TOO_MANY, LATER);
  }

  #fail(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    // The client has left, so nobody reads the answer.
    if (!request.destroyed || request.complete) this.#options.log.error({ err: error }, 'reports failed');
    response.destroy();
  }
}

const NOT_THAT_METHOD: readonly string[] = [...ANY_ORIGIN, 'allow', METHODS];
/** Players report again at their next interval. */
const LATER: readonly string[] = [...ANY_ORIGIN, 'retry-after', '5'];
/** The key of the rate in all. */
const EVERYBODY = 'everybody';

/** Global Privacy Control, and its predecessor (Tracking Preference Expression). */
function wantsPrivacy({ headers }: HttpRequest): boolean {
  return headers['sec-gpc'] === '1' || headers['dnt'] === '1';
}

function accept(response: ServerResponse): void {
  response.writeHead(204, { 'access-control-allow-origin': '*', 'cache-control': 'no-store' }).end();
}

/** Undefined if it is too long. */
async function bodyOf(request: IncomingMessage, log: Logger): Promise<string | undefined> {
  // A surrounding application may have read the body already.
  if (request.readableEnded) {
    const body: unknown = 'body' in request ? request.body : '';
    if (typeof body === 'string' || Buffer.isBuffer(body)) return String(body);
    return JSON.stringify(body);
  }
  const bytes = await readBytes(request, MAX_BODY_BYTES, log);
  return bytes?.toString('utf8');
}
