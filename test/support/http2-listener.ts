// The TLS listener with HTTP/2, without the rest of the gateway; it ends with the test.
import { Certificate } from '../../server/certificate.ts';
import { Admission } from '../../server/http/admission.ts';
import type { HttpHandler } from '../../server/http/http-handler.ts';
import { HTTP2_TIMES, Http2Sessions, type Http2Times } from '../../server/http/http2-sessions.ts';
import { TlsListener, type TlsListenerOptions } from '../../server/http/tls-listener.ts';
import { type Logger, silentLogger } from '../../server/log.ts';
import { whenDone } from './cleanup.ts';
import { DEFAULT_HTTP_LIMITS } from './http-limits.ts';
import { TEST_TLS } from './http2-client.ts';

export type Http2Listener = {
  readonly sessions: Http2Sessions;
  readonly listener: TlsListener;
  readonly port: number;
  /** Logged faults of the gateway; empty in a healthy run. */
  readonly faults: readonly unknown[];
};

/** Listens on loopback; other protocols than HTTP/2 are closed by default. */
export async function listenHttp2(
  handler: HttpHandler,
  times: Partial<Http2Times> = {},
  onHttp1: TlsListenerOptions['onHttp1'] = (socket) => void socket.destroy(),
): Promise<Http2Listener> {
  const admission = new Admission(DEFAULT_HTTP_LIMITS, silentLogger);
  const faults: unknown[] = [];
  const log: Logger = {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fault: unknown) => void faults.push(fault),
  };
  const sessions = new Http2Sessions({
    handler,
    admission,
    log,
    times: { ...HTTP2_TIMES, ...times },
  });
  const certificate = new Certificate(TEST_TLS, silentLogger);
  const listener = new TlsListener({
    certificate,
    admission,
    onHttp1,
    onHttp2: (socket) => sessions.accept(socket),
    log: silentLogger,
  });
  whenDone(async () => {
    certificate.close();
    sessions.close();
    const closed = listener.close();
    listener.closeAllConnections();
    await closed;
  });
  return { sessions, listener, faults, port: await listener.listen(0, '127.0.0.1') };
}
