#!/usr/bin/env node
// The `sluice` command: starts createGateway() with settings, prints one ready line, and stops on a signal.

import { isatty } from 'node:tty';
import { createGateway, type Gateway } from './app.ts';
import { systemClock } from './clock.ts';
import { adminTokenAction } from './command/admin-token-actions.ts';
import { printReady, webUrl } from './command/banner.ts';
import { type CommandLine, readCommand } from './command/command-line.ts';
import { startDemo } from './command/demo.ts';
import { DEMO_NAME } from './command/example-name.ts';
import { renderHelp } from './command/help.ts';
import { keyAction } from './command/key-actions.ts';
import { explainListenError } from './command/listen-fault.ts';
import { renderLogLine } from './command/log-lines.ts';
import { programName } from './command/program-name.ts';
import { isReady, runningOptions } from './command/ready-check.ts';
import { tokenAction } from './command/token-action.ts';
import { GatewayError } from './errors.ts';
import { guarded } from './guard.ts';
import { createLogger, LogDestination, type Logger, type LogLevel } from './log.ts';
import { packageVersion } from './package-files.ts';
import { reachableHosts } from './reachable-hosts.ts';
import { renderConfigFile } from './settings/config-file.ts';
import { settingsSchema } from './settings/schema.ts';
import { type Config, processEnvironment, sectionsOf } from './settings/sources.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;
/** Supervisors kill after ten seconds. */
const SHUTDOWN_DEADLINE_MS = 9_000;
/** Time for the reader of standard error to take the last lines. */
const LOG_FLUSH_MS = 500;

try {
  await obey(readCommand(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof GatewayError && error.kind === 'config';
  process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? EXIT_USAGE : EXIT_FAULT);
}

async function obey(command: CommandLine): Promise<void> {
  switch (command.kind) {
    case 'help':
      process.stdout.write(renderHelp(programName(process.argv, processEnvironment()), command.isShort));
      return;
    case 'version':
      process.stdout.write(`${packageVersion}\n`);
      return;
    case 'print-schema':
      process.stdout.write(`${JSON.stringify(settingsSchema(), null, 2)}\n`);
      return;
    case 'print-config':
      process.stdout.write(renderConfigFile(command.config, packageVersion));
      return;
    case 'check-ready':
      process.exitCode = (await checkReady(command.config)) ? 0 : EXIT_FAULT;
      return;
    case 'key': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      process.stdout.write(await keyAction(command.action, command.config.settings, { program, nowMs }));
      return;
    }
    case 'token': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      process.stdout.write(await tokenAction(command.action, command.config.settings, { program, nowMs }));
      return;
    }
    case 'admin-token': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      const { action, config } = command;
      process.stdout.write(await adminTokenAction(action, config.settings, { program, nowMs }));
      return;
    }
    case 'run':
      await run(command.config, command.withDemo);
  }
}

/** Options of the check override those of the running gateway. */
async function checkReady(own: Config): Promise<boolean> {
  const running = runningOptions(process.argv[1] ?? '');
  const command = readCommand([...(running ?? []), ...process.argv.slice(2)]);
  return isReady('config' in command ? command.config.settings : own.settings);
}

async function run(config: Config, withDemo: boolean): Promise<void> {
  const startedAt = systemClock.monotonicMs();
  const { settings } = config;
  const log = new LogDestination(process.stderr);
  let watchUrl: (name: string) => string | undefined = () => undefined;
  const logger = loggerFor(settings['log.level'], log, (name) => watchUrl(name));
  process.on('uncaughtException', (error) => {
    // The state is unknown after this. A supervisor restarts the process, and playlists continue by the clock.
    logger.error({ err: error }, 'uncaught: exiting');
    void exit(EXIT_FAULT, log);
  });
  const gateway = createGateway({ ...sectionsOf(settings), settingOrigins: config.origins, logger });
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
  const startupMs = Math.round(systemClock.monotonicMs() - startedAt);
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
