// A separate host: a network namespace of Linux, connected to this machine by a cable that can be unplugged.
import { whenDone } from '../support/cleanup.ts';
import { type RunningProcess, runProcess, startProcess } from '../support/running-process.ts';

export type LinkedHost = {
  /** The address of this machine for the host. */
  readonly gatewayAddress: string;
  /** Runs a program there. */
  readonly start: (command: string, args: readonly string[]) => RunningProcess;
  /** Unplugs the cable: nothing arrives on either side, and neither side is notified. */
  readonly pullCable: () => Promise<void>;
};

const IP_TIMEOUT_MS = 10_000;

/** `number` identifies the host, 1 to 254. Removed with the test. */
export async function linkedHost(number: number): Promise<LinkedHost> {
  const namespace = `sluice-${process.pid}-${number}`;
  const cable = `sl${process.pid}-${number}`;
  const gatewayAddress = `10.213.${number}.1`;
  const remove = async (): Promise<void> => {
    await ip('link', 'del', cable).catch(() => undefined);
    await ip('netns', 'del', namespace).catch(() => undefined);
  };
  whenDone(remove);
  const inside = ['netns', 'exec', namespace, 'ip'];
  await ip('netns', 'add', namespace);
  await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
  await ip('addr', 'add', `${gatewayAddress}/24`, 'dev', cable);
  await ip('link', 'set', cable, 'up');
  await ip(...inside, 'addr', 'add', `10.213.${number}.2/24`, 'dev', 'eth0');
  await ip(...inside, 'link', 'set', 'eth0', 'up');
  return {
    gatewayAddress,
    start: (command, args) => startProcess('ip', ['netns', 'exec', namespace, command, ...args]),
    pullCable: () => ip('link', 'set', cable, 'down'),
  };
}

async function ip(...args: readonly string[]): Promise<void> {
  await runProcess('ip', args, { timeoutMs: IP_TIMEOUT_MS });
}
