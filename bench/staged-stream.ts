// A server that receives streams, with its publisher and its viewers: started together, and stopped together.

import type { Scene } from './measurement.ts';
import { makeClip } from './media-clip.ts';
import type { PublisherCalls } from './publisher.ts';
import { type System, startSystem } from './system.ts';
import type { SystemName } from './system-names.ts';
import { type Calls, startWorker, type Worker } from './worker.ts';

export type Stage = {
  readonly system: System;
  readonly publisher: Worker<PublisherCalls>;
  readonly clipFile: string;
  /** Starts a load process that ends with the stage. */
  readonly start: <C extends Calls>(module: string) => Worker<C>;
};

/** Starts the server; `act` starts the publications. Everything is stopped after `act`. */
export async function onStage<T>(
  name: SystemName,
  streams: number,
  scene: Scene,
  act: (stage: Stage) => Promise<T>,
): Promise<T> {
  const clipFile = await makeClip('load');
  const workers: Worker<Calls>[] = [];
  const start = <C extends Calls>(module: string): Worker<C> => {
    const worker = startWorker<C>(new URL(module, import.meta.url));
    workers.push(worker as unknown as Worker<Calls>);
    return worker;
  };
  const system = await startSystem(name, streams, scene);
  try {
    await scene.place(system.pids);
    const publisher = start<PublisherCalls>('publisher.ts');
    return await act({ system, publisher, clipFile, start });
  } finally {
    await Promise.all(workers.map(({ child }) => child.stop('SIGKILL')));
    await system.stop();
  }
}

/** Publishes all streams in real time, with starts spread over `spreadMs`. */
export async function publish({ publisher, clipFile, system }: Stage, spreadMs: number): Promise<void> {
  await publisher.call('start', { clipFile, targets: system.targets, spreadMs });
}
