#!/usr/bin/env node
// The `sluice` command: a thin user of createGateway(). Settings in, one ready line out, a clean end on a signal.

import { createGateway, type Gateway } from './app.ts';
import { printReady, webUrl } from './command/banner.ts';
import { type Command, readCommand } from './command/command-line.ts';
import { startDemo } from './command/demo.ts';
import { renderHelp } from './command/help.ts';
import { explainListenError } from './command/listen-fault.ts';
import { renderLogLine } from './command/log-lines.ts';
import { programName } from './command/program-name.ts';
import { isReady, runningOptions } from './command/ready-check.ts';
import { GatewayError } from './errors.ts';
import { createLogger, type Logger, type LogLevel } from './log.ts';
import { packageVersion } from './package-files.ts';
import { reachableHosts } from './reachable-hosts.ts';
import { renderConfigFile } from './settings/config-file.ts';
import { settingsSchema } from './settings/schema.ts';
import { type Config, processEnvironment, sectionsOf } from './settings/sources.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;
/** Supervisors kill after ten seconds. */
const SHUTDOWN_DEADLINE_MS = 9_000;

try {
  await obey(readCommand(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof GatewayError && error.kind === 'config';
  process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? EXIT_USAGE : EXIT_FAULT);
}

async function obey(command: Command): Promise<void> {
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
    case 'run':
      await run(command.config, command.withDemo);
  }
}

/** Options of the check itself come after those of the running gateway, and win. */
async function checkReady(own: Config): Promise<boolean> {
  const running = runningOptions(process.argv[1] ?? '');
  const command = readCommand([...(running ?? []), ...process.argv.slice(2)]);
  return isReady('config' in command ? command.config.settings : own.settings);
}

async function run(config: Config, withDemo: boolean): Promise<void> {
  const startedAt = performance.now();
  const { settings } = config;
  let watchUrl: (name: string) => string | undefined = () => undefined;
  const logger = terminalLogger(settings['log.level'], (name) => watchUrl(name));
  process.on('uncaughtException', (error) => {
    // The state is unknown after this: a supervisor starts anew, and playlists go on where the clock says.
    logger.error({ err: error }, 'uncaught: exiting');
    process.exit(EXIT_FAULT);
  });
  const gateway = createGateway({ ...sectionsOf(settings), logger });
  const ports = await gateway.listen().catch(async (error: unknown) => {
    throw await explainListenError(error, settings);
  });
  stopOnSignals(gateway);
  const web = {
    ports,
    webHosts: reachableHosts(settings['http.host']),
    basePath: settings['http.base-path'],
  };
  watchUrl = (name) => `${webUrl(web)}/watch/${name}`;
  if (withDemo) await startDemo(settings['rtmp.host'], ports.rtmpPort);
  const startupMs = Math.round(performance.now() - startedAt);
  printReady({ ...web, info: gateway.info(), startupMs, withDemo });
}

/** Lines for people on a terminal, JSON everywhere else. */
function terminalLogger(level: LogLevel, watchUrl: (name: string) => string | undefined): Logger {
  if (!process.stderr.isTTY) return createLogger(level);
  const style = { hasColor: processEnvironment()['NO_COLOR'] === undefined, watchUrl };
  return createLogger(level, { write: (line) => void process.stderr.write(renderLogLine(line, style)) });
}

function stopOnSignals(gateway: Gateway): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      setTimeout(() => process.exit(0), SHUTDOWN_DEADLINE_MS).unref();
      gateway.close().then(
        () => process.exit(0),
        () => process.exit(EXIT_FAULT),
      );
    });
  }
}
