// The HTTP listener without the rest of a gateway, and options for its parts whose limits a test may change.
import { AdminAccess } from '../../../server/access/admin-access.ts';
import { NetworkList } from '../../../server/address.ts';
import type { ApiGateway } from '../../../server/api/operations.ts';
import { systemClock } from '../../../server/clock.ts';
import type { EarlyPort } from '../../../server/early-port.ts';
import { EventLog } from '../../../server/event-log.ts';
import { AdminGate } from '../../../server/http/admin-gate.ts';
import { Admission } from '../../../server/http/admission.ts';
import type { ApiOptions } from '../../../server/http/api-router.ts';
import type { HttpHandler } from '../../../server/http/http-handler.ts';
import type { HttpLimits } from '../../../server/http/http-limits.ts';
import { HttpServer, type HttpServerOptions } from '../../../server/http/http-server.ts';
import { PeerPlaces } from '../../../server/http/peer-places.ts';
import { StatsSocket, type StatsSocketOptions } from '../../../server/http/stats-socket.ts';
import { type Logger, silentLogger } from '../../../server/log.ts';
import { TrustedProxies } from '../../../server/proxied/trusted-proxies.ts';
import { HlsCounts } from '../../../server/stats/hls-counts.ts';
import type { OperatorSource } from '../../../server/stats/operator-feed.ts';
import { whenDone } from '../../support/cleanup.ts';
import { DEFAULT_HTTP_LIMITS } from '../../support/http-limits.ts';

/** What an HlsHandler needs in addition to streams. */
export function hlsLimits() {
  const admission = new Admission(DEFAULT_HTTP_LIMITS, silentLogger);
  const held = new PeerPlaces(admission.groups, 10_000, 10_000);
  return { admission, held, counts: new HlsCounts(), clock: systemClock, log: silentLogger };
}

/** The API of a handler whose test requests media only. */
export function unusedApi(): ApiOptions {
  const refusals = new EventLog(silentLogger, systemClock);
  const [gate, log] = [openGate(), silentLogger];
  const { events } = statsSocket();
  return { version: '1', gateway: {} as ApiGateway, gate, isReady: () => true, log, refusals, events };
}

/** A gate without admin tokens. */
function openGate(): AdminGate {
  return new AdminGate({
    access: new AdminAccess({ list: [], dataDir: '', log: silentLogger }),
    networks: new NetworkList(''),
    publicUrl: '',
    proxies: new TrustedProxies({ networks: [], header: 'x-forwarded-for' }),
    clock: systemClock,
  });
}

const NO_NUMBERS = { stepMs: 1_000, endsAt: 0, keys: [], columns: [] };

/** First messages of operators' topics, of a gateway without streams. */
export const NO_STREAMS: OperatorSource = {
  streams: () => ({ op: 'streams', seq: 0, t: 0, streams: [] }),
  server: () => ({
    op: 'serverSnapshot',
    seq: 0,
    t: 0,
    recent: NO_NUMBERS,
    hour: NO_NUMBERS,
    rejected: [],
  }),
  detail: (name) => ({
    op: 'snapshot',
    name,
    seq: 0,
    t: 0,
    card: { name, state: 'offline', since: 0, verdict: 'noData', issueCount: 0, viewers: 0, bps: 0 },
    health: { verdict: 'noData', summary: '', issues: [] },
    recent: NO_NUMBERS,
    hour: NO_NUMBERS,
    segments: [],
    events: [],
    viewers: [],
  }),
};

/** A StatsSocket without published streams. */
export function statsSocket(options: Partial<StatsSocketOptions> = {}): StatsSocket {
  return new StatsSocket({
    version: '1',
    basePath: '',
    operators: NO_STREAMS,
    gate: openGate(),
    refusals: new EventLog(silentLogger, systemClock),
    status: (name) => ({ op: 'status', name, state: 'offline', since: 0, viewers: 0, hls: '' }),
    limits: DEFAULT_HTTP_LIMITS,
    admission: new Admission(DEFAULT_HTTP_LIMITS, silentLogger),
    log: silentLogger,
    ...options,
  });
}

export type ListeningServer = {
  readonly server: HttpServer;
  readonly stats: StatsSocket;
  readonly port: number;
};

/** Listens on loopback with `handler` for all requests. It closes with the test. */
export async function listenHttp(
  handler: HttpHandler,
  options: Partial<HttpServerOptions> & {
    limits?: Partial<HttpLimits>;
    log?: Logger;
    early?: EarlyPort;
  } = {},
): Promise<ListeningServer> {
  const limits = { ...DEFAULT_HTTP_LIMITS, ...options.limits };
  const log = options.log ?? silentLogger;
  const admission = new Admission(limits, log);
  const stats = statsSocket({ limits, admission, log });
  const server = new HttpServer({ handler, stats, admission, log, ...options });
  whenDone(async () => {
    stats.close();
    await server.close(0);
  });
  return { server, stats, port: await server.listen(0, '127.0.0.1', options.early) };
}
