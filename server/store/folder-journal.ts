// A journal in a folder: entries that are kept at once, between two writes of the file that they change. Two files take turns, so that
// one can be emptied while the other is written to.

import { closeSync, fdatasync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import type { FaultLog } from '../guard.ts';
import { damagedName } from './damaged-name.ts';
import type { Journal, JournalEntry } from './store.ts';

const OWNER_ONLY = 0o600;
/** Only a folder whose files cannot be replaced gets this much; it is read at the next start. */
const MAX_BYTES = 32 * 1024 * 1024;

type JournalFile = { readonly fd: number; byteCount: number };

export class FolderJournal implements Journal {
  readonly entries: readonly JournalEntry[];
  readonly #files: readonly [JournalFile, JournalFile];
  readonly #log: FaultLog;
  #current: JournalFile;
  #last: number;
  #isSyncing = false;
  #hasUnsynced = false;
  #isClosed = false;
  /** Entries are not kept since a fault, which the log has said once. */
  #isFailing = false;

  private constructor(
    files: readonly [JournalFile, JournalFile],
    entries: readonly JournalEntry[],
    after: number,
    log: FaultLog,
  ) {
    this.#files = files;
    this.entries = entries;
    this.#log = log;
    this.#last = Math.max(after, entries.at(-1)?.number ?? 0);
    // Nothing is written into a file that has entries until it was emptied, unless both have some.
    this.#current = files.find(({ byteCount }) => byteCount === 0) ?? files[0];
  }

  /**
   * Opens `NAME-1.journal` and `NAME-2.journal`; `name` is a path. A damaged file is copied first, and what precedes the damage is
   * used. New entries have numbers above `after`.
   */
  static async open(name: string, after: number, log: FaultLog): Promise<FolderJournal> {
    const read = async (turn: number): Promise<{ file: JournalFile; entries: JournalEntry[] }> => {
      const own = `${name}-${turn}.journal`;
      // Writes go to the end, whatever was truncated.
      const fd = openSync(own, 'a+', OWNER_ONLY);
      const bytes = readFileSync(own);
      const { entries, goodBytes, isDamaged } = entriesIn(bytes);
      if (isDamaged) {
        const kept = damagedName(own, systemClock.epochMs());
        await copyFile(own, kept);
        const err = new GatewayError('config', 'damaged_data', `${own} is damaged; a copy is ${kept}`);
        log.error({ err }, 'the end of a journal cannot be read; what precedes it is used');
      }
      if (goodBytes < bytes.length) ftruncateSync(fd, goodBytes);
      return { file: { fd, byteCount: goodBytes }, entries };
    };
    const [first, second] = [await read(1), await read(2)];
    const entries = [...first.entries, ...second.entries].sort((a, b) => a.number - b.number);
    return new FolderJournal([first.file, second.file], entries, after, log);
  }

  /**
   * Writes in this turn, into the cache of the system: a kill of the process loses nothing. That takes some microseconds. The disk
   * follows, many entries at a time, and nobody waits for it.
   */
  append(value: unknown): void {
    if (this.#isClosed) return;
    this.#last += 1;
    const line = Buffer.from(`${JSON.stringify({ number: this.#last, value })}\n`);
    const { fd, byteCount } = this.#current;
    try {
      if (byteCount + line.length > MAX_BYTES) throw new Error(`the journal has ${byteCount} bytes`);
      this.#write(line, fd);
      this.#isFailing = false;
      this.#sync();
    } catch (error) {
      if (!this.#isFailing)
        this.#log.error({ err: error }, 'the journal in the data folder cannot be written');
      this.#isFailing = true;
    }
  }

  /** Called when the content is taken that will be written to the file. @returns the number of the last entry in it */
  seal(): number {
    const other = this.#files.find((each) => each !== this.#current);
    if (other !== undefined && other.byteCount === 0) this.#current = other;
    return this.#last;
  }

  /** The file with the content of the last `seal` is written: entries before it are no longer needed. */
  drop(): void {
    if (this.#isClosed) return;
    for (const file of this.#files) {
      if (file === this.#current || file.byteCount === 0) continue;
      ftruncateSync(file.fd, 0);
      file.byteCount = 0;
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // If they are being synchronized, they are closed afterwards.
    if (!this.#isSyncing) this.#closeFiles();
  }

  #write(line: Buffer, fd: number): void {
    const written = writeSync(fd, line);
    if (written !== line.length) {
      // The disk is full: the next entry must not follow half a line.
      ftruncateSync(fd, this.#current.byteCount);
      throw new Error(`only ${written} of ${line.length} bytes could be written`);
    }
    this.#current.byteCount += written;
  }

  #sync(): void {
    if (this.#isSyncing) {
      this.#hasUnsynced = true;
      return;
    }
    this.#isSyncing = true;
    fdatasync(this.#current.fd, (error) => {
      this.#isSyncing = false;
      if (error !== null)
        this.#log.error({ err: error }, 'the journal in the data folder cannot be synchronized');
      if (this.#isClosed) this.#closeFiles();
      else if (this.#hasUnsynced) {
        this.#hasUnsynced = false;
        this.#sync();
      }
    });
  }

  #closeFiles(): void {
    for (const { fd } of this.#files) closeSync(fd);
  }
}

/** The entries of a file. The last line is left out if its writer was killed while writing it. */
function entriesIn(bytes: Buffer): { entries: JournalEntry[]; goodBytes: number; isDamaged: boolean } {
  const entries: JournalEntry[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf('\n', at);
    if (end < 0) return { entries, goodBytes: at, isDamaged: false };
    const entry = entryOf(bytes.toString('utf8', at, end));
    if (entry === undefined) return { entries, goodBytes: at, isDamaged: true };
    entries.push(entry);
    at = end + 1;
  }
}

function entryOf(line: string): JournalEntry | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('number' in entry) || !('value' in entry))
      return undefined;
    return typeof entry.number === 'number' ? { number: entry.number, value: entry.value } : undefined;
  } catch {
    return undefined;
  }
}
