// Log lines on standard error never block the gateway: lines that nobody reads are dropped and counted.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { createLogger, LogDestination } from '../../server/log.ts';

/** A reader that takes nothing until told. */
class SlowReader extends Writable {
  readonly lines: Record<string, unknown>[] = [];
  #waiting: (() => void) | undefined;
  isReading = false;

  constructor() {
    super({ decodeStrings: false });
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    const take = (): void => {
      for (const text of String(chunk).split('\n').filter(Boolean)) this.lines.push(JSON.parse(text));
      done();
    };
    if (this.isReading) take();
    else this.#waiting = take;
  }

  read(): void {
    this.isReading = true;
    this.#waiting?.();
  }
}

test('what a slow reader does not take is dropped, and the next line says how much', async () => {
  const reader = new SlowReader();
  const destination = new LogDestination(reader);
  const logger = createLogger('info', destination);
  for (let at = 0; at < 10_000; at += 1) logger.info({ at }, 'x'.repeat(100));
  expect(reader.writableLength).toBeLessThanOrEqual(256 * 1024);
  reader.read();
  await destination.flush(10_000);
  logger.info('after');
  await destination.flush(10_000);
  const kept = reader.lines.filter(({ at }) => at !== undefined);
  expect(kept.map(({ at }) => at)).toEqual(kept.map((_line, at) => at));
  expect(reader.lines.at(-2)).toMatchObject({ level: 'warn', dropped: 10_000 - kept.length });
  expect(reader.lines.at(-1)).toMatchObject({ msg: 'after' });
});

test('a reader that has gone ends nothing', () => {
  const gone = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const logger = createLogger('info', new LogDestination(gone));
  for (let at = 0; at < 100; at += 1) logger.info({ at }, 'told to nobody');
});

test('a flush that nobody reads ends after its time', async () => {
  const reader = new SlowReader();
  const destination = new LogDestination(reader);
  createLogger('info', destination).info('unread');
  await destination.flush(10);
  expect(reader.lines).toEqual([]);
});
