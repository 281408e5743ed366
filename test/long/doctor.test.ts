// The doctor over minutes: issues are cleared once their cause has gone, and a well-set push raises none in ten minutes.
import { expect, test, vi } from 'vitest';
import { whenDone } from '../support/cleanup.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import {
  FAULTY_SOURCES,
  healthOf,
  issuesOf,
  MORE_FAULTS,
  overloadedFile,
  pushFile,
  pushSkewed,
  raisedFor,
  sourceFile,
} from '../support/judged-pushes.ts';
import type { RunningProcess } from '../support/running-process.ts';
import { startSlowLink } from '../support/slow-link.ts';

const FAULTS = Object.keys(FAULTY_SOURCES) as (keyof typeof FAULTY_SOURCES)[];
const WAIT_MS = 120_000;
const TEN_MINUTES_MS = 600_000;
/** The files have about 330 kbit/s. */
const TOO_SLOW_BYTES = 25_000;
const TOO_FAST_BYTES = 200_000;

type Push = (url: string) => RunningProcess;

async function judge(): Promise<GatewayProcess> {
  const gateway = await startGateway();
  whenDone(async () => void (await gateway.stop()));
  return gateway;
}

function raised(gateway: GatewayProcess, stream: string): Promise<unknown> {
  return gateway.waitForLog((line) => line['stream'] === stream && 'fix' in line, WAIT_MS);
}

function cleared(gateway: GatewayProcess, stream: string): Promise<unknown> {
  return gateway.waitForLog((line) => line['stream'] === stream && line.msg === 'issue cleared', WAIT_MS);
}

function stopLater(push: RunningProcess): RunningProcess {
  whenDone(async () => void (await push.stop('SIGKILL')));
  return push;
}

test('each issue is cleared once the encoder comes back with other settings', async () => {
  const gateway = await judge();
  const good = await sourceFile(undefined);
  const overloaded = await overloadedFile();
  const faulty: [string, Push][] = [
    ['avDrift', (url) => pushSkewed(good, url, 0.7)],
    ['encoderOverload', (url) => pushFile(overloaded, url)],
  ];
  for (const fault of FAULTS) {
    const file = await sourceFile(fault);
    faulty.push([fault, (url) => pushFile(file, url)]);
  }
  await Promise.all(
    faulty.map(async ([code, push]) => {
      const url = gateway.rtmpUrl(code);
      const first = stopLater(push(url));
      await raised(gateway, code);
      await first.stop('SIGINT');
      stopLater(pushFile(good, url));
      await cleared(gateway, code);
      expect(raisedFor(gateway, code)).toEqual([code]);
      expect(await issuesOf(gateway, code)).toEqual([]);
    }),
  );
}, 180_000);

test('other faults raise their issues and no others', async () => {
  const gateway = await judge();
  await Promise.all(
    MORE_FAULTS.map(async ({ raises, source }) => {
      const name = raises.join('-');
      const file = await sourceFile(source, 48);
      stopLater(pushFile(file, gateway.rtmpUrl(name)));
      for (const issue of raises)
        await gateway.waitForLog((line) => line['stream'] === name && line['issue'] === issue, WAIT_MS);
      expect(raisedFor(gateway, name).sort()).toEqual(raises);
    }),
  );
}, 180_000);

test('a publisher that is lost again and again keeps reconnecting', async () => {
  const gateway = await judge();
  const good = await sourceFile(undefined);
  for (let round = 1; round <= 5; round += 1) {
    const push = stopLater(pushFile(good, gateway.rtmpUrl('lost')));
    await vi.waitUntil(() => countOf(gateway, 'live') >= round, WAIT_MS);
    await push.stop('SIGKILL');
    await vi.waitUntil(() => countOf(gateway, 'reconnecting') >= round, WAIT_MS);
  }
  await raised(gateway, 'lost');
  expect(raisedFor(gateway, 'lost')).toEqual(['flapping']);
}, 180_000);

function countOf(gateway: GatewayProcess, state: string): number {
  return gateway.logs.filter((line) => line['state'] === state).length;
}

test('a slow upload is cleared once the network is faster, and a fast one once it has the right pace', async () => {
  const gateway = await judge();
  const good = await sourceFile(undefined);
  const through = async (bytesPerSecond: number, name: string, pace?: string[]) => {
    const link = await startSlowLink(gateway.rtmpPort, bytesPerSecond);
    stopLater(pushFile(good, `rtmp://127.0.0.1:${link.port}/live/${name}`, pace));
    await raised(gateway, name);
    return link;
  };
  const [slow, fast] = await Promise.all([
    through(TOO_SLOW_BYTES, 'videoStarved'),
    through(TOO_FAST_BYTES, 'fasterThanRealtime', []),
  ]);
  slow.setRate(Number.POSITIVE_INFINITY);
  // About the bit rate of the file.
  fast.setRate(41_000);
  await Promise.all([cleared(gateway, 'videoStarved'), cleared(gateway, 'fasterThanRealtime')]);
  expect(raisedFor(gateway, 'videoStarved')).toEqual(['videoStarved']);
}, 180_000);

test('a well-set push raises nothing in ten minutes', async () => {
  const gateway = await judge();
  const push = stopLater(pushFile(await sourceFile(undefined), gateway.rtmpUrl('good')));
  const length = new Promise((resolve) => setTimeout(resolve, TEN_MINUTES_MS).unref());
  await Promise.race([length, push.exited]);
  expect(raisedFor(gateway, 'good')).toEqual([]);
  expect(await issuesOf(gateway, 'good')).toEqual([]);
  expect((await healthOf(gateway, 'good'))?.verdict).toBe('good');
}, 700_000);
