// Worker processes of the benchmark (publisher, floor, viewers) and their typed calls over IPC.

import { fork } from 'node:child_process';
import { type Child, track } from './child-process.ts';

/** Calls by name; requests and replies are plain data. */
export type Calls = Readonly<Record<string, { readonly request: unknown; readonly reply: unknown }>>;

export type Worker<C extends Calls> = {
  readonly child: Child;
  /** Rejects with the worker's message, if it ends, or after a timeout. */
  readonly call: <Name extends keyof C & string>(
    name: Name,
    request: C[Name]['request'],
  ) => Promise<C[Name]['reply']>;
};

type Question = { readonly id: number; readonly name: string; readonly request: unknown };
type Answer = { readonly id: number; readonly reply?: unknown; readonly error?: string };

/** The longest call starts publishers, which have ten seconds each. */
const CALL_TIMEOUT_MS = 30_000;

/** Starts `module` (a file that calls `answerCalls`) with the loader of this process. */
export function startWorker<C extends Calls>(module: URL): Worker<C> {
  const child = track(
    fork(module, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], serialization: 'advanced' }),
    module.pathname,
  );
  const pending = new Map<number, (answer: Answer) => void>();
  child.process.on('message', (answer: Answer) => pending.get(answer.id)?.(answer));
  let lastId = 0;
  return {
    child,
    call: (name, request) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        const question: Question = { id: lastId, name, request };
        const fail = (why: string): void => {
          settle();
          reject(new Error(`${name}: ${why}\n${child.stderr()}`));
        };
        const timer = setTimeout(() => fail(`no answer within ${CALL_TIMEOUT_MS} ms`), CALL_TIMEOUT_MS);
        const settle = (): void => {
          clearTimeout(timer);
          pending.delete(question.id);
        };
        pending.set(question.id, ({ error, reply }) => {
          if (error !== undefined) return fail(error);
          settle();
          resolve(reply);
        });
        void child.ended.then(fail);
        child.process.send(question);
      }),
  };
}

/** In the worker: answers calls until the parent has ended. */
export function answerCalls<C extends Calls>(
  handlers: {
    readonly [Name in keyof C]: (request: C[Name]['request']) => C[Name]['reply'] | Promise<C[Name]['reply']>;
  },
): void {
  // Ctrl-C reaches the whole process group; the parent ends this process.
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  process.on('message', async ({ id, name, request }: Question) => {
    const answer: Answer = await Promise.resolve()
      .then(() => handlers[name]?.(request))
      .then(
        (reply) => ({ id, reply }),
        (error: unknown) => ({ id, error: error instanceof Error ? error.message : String(error) }),
      );
    process.send?.(answer);
  });
}
