// The stream beside the attack: a clip published in a loop, and a viewer that loads all of it.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fetchFresh } from '../support/hls-client.ts';
import type { AttackedGateway } from './attacked-gateway.ts';
import type { CanaryReport, ViewerWord } from './canary-viewer.ts';
import { CANARY_NAME } from './marks.ts';

export type { CanaryReport } from './canary-viewer.ts';

const PUBLISHER = path.resolve(import.meta.dirname, 'canary-publisher.ts');
const VIEWER = path.resolve(import.meta.dirname, 'canary-viewer.ts');
const PROBE_INTERVAL_MS = 100;
/** Fault of a viewer that ended by itself. */
const NOTHING_SEEN = { parts: 0, mediaSeconds: 0, wallSeconds: 0, longestWaitMs: 0, answerMs: [] } as const;
export type Canary = {
  /** Stops publishing and watching; resolves with the report. */
  readonly stop: () => Promise<CanaryReport>;
  /** Faults so far. */
  readonly faults: readonly string[];
};

/** Publishes the clip and watches it; resolves when the stream is live. */
export async function startCanary(gateway: AttackedGateway): Promise<Canary> {
  const publisher = spawn(process.execPath, ['--import', 'tsx', PUBLISHER, String(gateway.rtmpPort)], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const closed = new Promise<void>((resolve) => publisher.once('close', () => resolve()));
  const playlistUrl = `${gateway.httpUrl}/live/${CANARY_NAME}/index.m3u8`;
  await Promise.race([
    untilPlayable(playlistUrl, gateway),
    closed.then(() => Promise.reject(new Error('the canary could not be published'))),
  ]);
  const viewer = startViewer(gateway.httpUrl);
  void closed.then(() => viewer.note("the canary's connection ended"));
  await viewer.watching;
  return {
    faults: viewer.faults,
    stop: async () => {
      const report = await viewer.stop();
      publisher.stdin.end();
      await closed;
      return report;
    },
  };
}

/** The viewer's process and its messages. */
function startViewer(httpUrl: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', VIEWER, httpUrl], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const faults: string[] = [];
  let isStopped = false;
  const note = (fault: string): void => {
    if (!isStopped) faults.push(fault);
  };
  let settle: (report: CanaryReport) => void = () => {};
  const reported = new Promise<CanaryReport>((resolve) => {
    settle = resolve;
  });
  const watching = new Promise<void>((resolve) => {
    child.on('message', (word: ViewerWord) => {
      if (word.kind === 'watching') resolve();
      else if (word.kind === 'fault') note(word.fault);
      else settle({ ...word.report, faults });
    });
    child.once('close', () => {
      note("the canary's viewer ended");
      settle({ ...NOTHING_SEEN, faults });
      resolve();
    });
  });
  const stop = (): Promise<CanaryReport> => {
    isStopped = true;
    if (child.connected) child.send('stop', () => {});
    return reported;
  };
  return { faults, note, watching, stop };
}

/** Polls until the stream can be played. Not from the log, because some scenarios do not read it. */
async function untilPlayable(url: string, gateway: AttackedGateway): Promise<void> {
  while (gateway.isRunning()) {
    const response = await fetchFresh(url).catch(() => undefined);
    await response?.text().catch(() => '');
    if (response?.status === 200) return;
    await delay(PROBE_INTERVAL_MS);
  }
  throw new Error('the gateway ended before the canary was live');
}
