// Runs the gateway for the command: log, signals, the ready line, and the exit.

import { isatty } from 'node:tty';
import { App } from '../app.ts';
import { systemClock } from '../clock.ts';
import type { EarlyPorts } from '../early-port.ts';
import type { Gateway } from '../gateway.ts';
import { guarded } from '../guard.ts';
import { createLogger, LogDestination, type Logger, type LogLevel } from '../log.ts';
import { reachableHosts } from '../reachable-hosts.ts';
import { type Config, processEnvironment } from '../settings/sources.ts';
import { printReady, webUrl } from './banner.ts';
import { startDemo } from './demo.ts';
import { DEMO_NAME } from './example-name.ts';
import { explainListenError } from './listen-fault.ts';
import { renderLogLine } from './log-lines.ts';
import { programName } from './program-name.ts';

const EXIT_FAULT = 1;
/** Supervisors kill after ten seconds. */
const SHUTDOWN_DEADLINE_MS = 9_000;
/** Time for the reader of standard error to take the last lines. */
const LOG_FLUSH_MS = 500;

/** What the command was started with, and what it has done so far. */
export type Start = {
  readonly config: Config;
  readonly withDemo: boolean;
  readonly ports: EarlyPorts;
  /** Monotonic, when the settings were read. */
  readonly startedAtMs: number;
};

export async function runGateway({ config, withDemo, ports: early, startedAtMs }: Start): Promise<void> {
  const { settings } = config;
  const log = new LogDestination(process.stderr);
  let watchUrl: (name: string) => string | undefined = () => undefined;
  const logger = loggerFor(settings['log.level'], log, (name) => watchUrl(name));
  process.on('uncaughtException', (error) => {
    // The state is unknown after this. A supervisor restarts the process, and playlists continue by the clock.
    logger.error({ err: error }, 'uncaught: exiting');
    void exit(EXIT_FAULT, log);
  });
  const gateway = new App(config, logger, undefined, early);
  const ports = await gateway.listen().catch(async (error: unknown) => {
    throw await explainListenError(error, settings);
  });
  stopOnSignals(gateway, logger, log);
  reloadOnHangUp(gateway, logger);
  const web = {
    ports,
    webHosts: reachableHosts(settings['http.host']),
    basePath: settings['http.base-path'],
  };
  watchUrl = (name) => `${webUrl(web)}/watch/${name}`;
  if (withDemo) await startDemo(settings['rtmp.host'], ports.rtmpPort, gateway.publishKeyFor(DEMO_NAME));
  const startupMs = Math.round(systemClock.monotonicMs() - startedAtMs);
  const { publishKeyCount: publishKeys, adminTokenCount: adminTokens } = gateway;
  const asksBackend = settings['auth.publish-url'] !== '';
  const program = programName(process.argv, processEnvironment());
  const facts = { startupMs, withDemo, publishKeys, adminTokens, asksBackend, program };
  printReady({ ...web, info: gateway.info(), ...facts }, hasColors());
}

/** Lines for people on a terminal, JSON everywhere else. */
function loggerFor(
  level: LogLevel,
  log: LogDestination,
  watchUrl: (name: string) => string | undefined,
): Logger {
  if (!process.stderr.isTTY) return createLogger(level, log);
  const style = { hasColor: hasColors(), watchUrl };
  return createLogger(level, { write: (line) => log.write(renderLogLine(line, style)) });
}

/** https://no-color.org */
function hasColors(): boolean {
  return processEnvironment()['NO_COLOR'] === undefined;
}

function stopOnSignals(gateway: Gateway, logger: Logger, log: LogDestination): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const stop = (): void => {
      const onDeadline = guarded({ log: logger }, () => void exit(0, log));
      setTimeout(onDeadline, SHUTDOWN_DEADLINE_MS).unref();
      gateway.close().then(
        () => exit(0, log),
        () => exit(EXIT_FAULT, log),
      );
    };
    process.once(signal, guarded({ log: logger }, stop));
  }
}

/**
 * SIGHUP reads keys and certificates again. The system also sends it when a terminal is closed: a gateway that was started there
 * then stops. It ends by the signal, because Node aborts if it exits normally after its terminal was closed.
 */
function reloadOnHangUp(gateway: Gateway, logger: Logger): void {
  const wasOnTerminal = isatty(process.stderr.fd);
  const onHangUp = (): void => {
    if (!wasOnTerminal || isatty(process.stderr.fd)) {
      void gateway.reload();
      return;
    }
    const end = guarded({ log: logger }, () => {
      process.off('SIGHUP', onSignal);
      process.kill(process.pid, 'SIGHUP');
    });
    setTimeout(end, SHUTDOWN_DEADLINE_MS).unref();
    gateway.close().then(end, end);
  };
  const onSignal = guarded({ log: logger }, onHangUp);
  process.on('SIGHUP', onSignal);
}

/** Ends the process after the last log lines were read or a timeout. */
async function exit(code: number, log: LogDestination): Promise<void> {
  await log.flush(LOG_FLUSH_MS);
  process.exit(code);
}
