#!/usr/bin/env node
// The `sluice` command: a thin user of createGateway(). Settings in, one ready line out, a clean end on a signal.

import { createGateway, type Gateway } from './app.ts';
import { printConfig, printHelp, printReady } from './banner.ts';
import { type Config, readCommand, sectionsOf } from './config.ts';
import { startDemo } from './demo.ts';
import { GatewayError } from './errors.ts';
import { createLogger } from './log.ts';
import { packageVersion } from './package-files.ts';
import { flagOf, type Settings } from './settings.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;
const PORTS = ['rtmp.port', 'http.port'] as const;
/** Opened with a certificate only. */
const TLS_PORTS = ['rtmps.port', 'https.port'] as const;
/** Supervisors kill after ten seconds. */
const SHUTDOWN_DEADLINE_MS = 9_000;

try {
  const command = readCommand(process.argv.slice(2));
  if (command.kind === 'help') printHelp();
  else if (command.kind === 'version') process.stdout.write(`${packageVersion}\n`);
  else if (command.kind === 'print-config') printConfig(command.config);
  else await run(command.config, command.withDemo);
} catch (error) {
  const isUsage = error instanceof GatewayError && error.kind === 'config';
  process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? EXIT_USAGE : EXIT_FAULT);
}

async function run(config: Config, withDemo: boolean): Promise<void> {
  const startedAt = performance.now();
  const logger = createLogger(config.settings['log.level']);
  process.on('uncaughtException', (error) => {
    // The state is unknown after this: a supervisor starts anew, and playlists go on where the clock says.
    logger.error({ err: error }, 'uncaught: exiting');
    process.exit(EXIT_FAULT);
  });
  const gateway = createGateway({ ...sectionsOf(config.settings), logger });
  const ports = await gateway.listen().catch((error: unknown) => {
    throw explainListenError(error, config.settings);
  });
  stopOnSignals(gateway);
  if (withDemo) await startDemo(ports.rtmpPort);
  printReady({ info: gateway.info(), ports, startupMs: Math.round(performance.now() - startedAt), withDemo });
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

/** A busy or forbidden port is the user's to change: one sentence that says how. */
function explainListenError(error: unknown, settings: Settings): unknown {
  if (!(error instanceof Error) || !('code' in error && 'port' in error)) return error;
  const hasTls = settings['tls.certificate'] !== '';
  const [path = 'http.port', twin] = [...PORTS, ...(hasTls ? TLS_PORTS : [])].filter(
    (candidate) => settings[candidate] === error.port,
  );
  if (error.code === 'EADDRINUSE') {
    return new GatewayError(
      'config',
      'port_in_use',
      twin === undefined
        ? `port ${error.port} is used by another program; stop it, or choose another port: ${flagOf(path)} ${Number(error.port) + 1}`
        : `port ${error.port} is used by another program, or by this one twice: ${path} and ${twin} are the same`,
    );
  }
  if (error.code === 'EACCES') {
    return new GatewayError(
      'config',
      'port_forbidden',
      `port ${error.port} may not be opened by this user; choose one above 1023: ${flagOf(path)} 8080`,
    );
  }
  return error;
}
