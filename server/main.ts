#!/usr/bin/env node
// The `sluice` command. Each action loads its own code; that of the gateway is loaded after its ports are open.

import { systemClock } from './clock.ts';
import { type CommandLine, readCommand } from './command/command-line.ts';
import { compileSooner } from './command/engine-tuning.ts';
import { programName } from './command/program-name.ts';
import { EarlyPort, type EarlyPorts, HTTP_SOCKETS, RTMP_SOCKETS } from './early-port.ts';
import { GatewayError } from './errors.ts';
import { type Config, processEnvironment } from './settings/sources.ts';
import type { Settings } from './settings/table.ts';

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

try {
  await obey(readCommand(process.argv.slice(2)));
} catch (error) {
  const isUsage = error instanceof GatewayError && error.kind === 'config';
  process.stderr.write(`sluice: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(isUsage ? EXIT_USAGE : EXIT_FAULT);
}

async function obey(command: CommandLine): Promise<void> {
  switch (command.kind) {
    case 'help': {
      const { renderHelp } = await import('./command/help.ts');
      process.stdout.write(renderHelp(programName(process.argv, processEnvironment()), command.isShort));
      return;
    }
    case 'version': {
      const { packageVersion } = await import('./package-files.ts');
      process.stdout.write(`${packageVersion}\n`);
      return;
    }
    case 'print-schema': {
      const { settingsSchema } = await import('./settings/schema.ts');
      process.stdout.write(`${JSON.stringify(settingsSchema(), null, 2)}\n`);
      return;
    }
    case 'print-config': {
      const [{ renderConfigFile }, { packageVersion }] = await Promise.all([
        import('./settings/config-file.ts'),
        import('./package-files.ts'),
      ]);
      process.stdout.write(renderConfigFile(command.config, packageVersion));
      return;
    }
    case 'check-ready':
      process.exitCode = (await checkReady(command.config)) ? 0 : EXIT_FAULT;
      return;
    case 'key': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      const { keyAction } = await import('./command/key-actions.ts');
      process.stdout.write(await keyAction(command.action, command.config.settings, { program, nowMs }));
      return;
    }
    case 'token': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      const { tokenAction } = await import('./command/token-action.ts');
      process.stdout.write(await tokenAction(command.action, command.config.settings, { program, nowMs }));
      return;
    }
    case 'admin-token': {
      const program = programName(process.argv, processEnvironment());
      const nowMs = systemClock.epochMs();
      const { action, config } = command;
      const { adminTokenAction } = await import('./command/admin-token-actions.ts');
      process.stdout.write(await adminTokenAction(action, config.settings, { program, nowMs }));
      return;
    }
    case 'run': {
      const { config, withDemo } = command;
      const startedAtMs = systemClock.monotonicMs();
      const ports = await openPorts(config.settings);
      const { runGateway } = await import('./command/run-gateway.ts');
      compileSooner(process.versions.v8);
      await runGateway({ config, withDemo, ports, startedAtMs });
    }
  }
}

/** Options of the check override those of the running gateway. */
async function checkReady(own: Config): Promise<boolean> {
  const { isReady, runningOptions } = await import('./command/ready-check.ts');
  const running = runningOptions(process.argv[1] ?? '');
  const command = readCommand([...(running ?? []), ...process.argv.slice(2)]);
  return isReady('config' in command ? command.config.settings : own.settings);
}

/** Those without TLS, which need nothing but the settings. */
async function openPorts(settings: Settings): Promise<EarlyPorts> {
  try {
    const rtmp = await EarlyPort.open(settings['rtmp.port'], settings['rtmp.host'], RTMP_SOCKETS);
    const http = await EarlyPort.open(settings['http.port'], settings['http.host'], HTTP_SOCKETS);
    return { rtmp, http };
  } catch (error) {
    const { explainListenError } = await import('./command/listen-fault.ts');
    throw await explainListenError(error, settings);
  }
}
