// The store in a folder (`--data-dir`): one readable JSON file for each kind, replaced as a whole by one writer at a time.

import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { systemClock } from '../clock.ts';
import { GatewayError } from '../errors.ts';
import { fileFault } from '../file-fault.ts';
import type { FaultLog } from '../guard.ts';
import { removeRemains, replaceFile } from './atomic-file.ts';
import { damagedName } from './damaged-name.ts';
import { FolderJournal } from './folder-journal.ts';
import { type LockHolder, takeLock } from './folder-lock.ts';
import type { Journal, Store, StoreKind } from './store.ts';

/** A write takes milliseconds; a slow disk may take seconds. */
const WRITE_WAIT_MS = 10_000;
const OWNER_ONLY_FOLDER = 0o700;

export class FolderStore implements Store {
  readonly #folder: string;
  #release: (() => void) | undefined;
  /** Of the gateway that has claimed the folder. */
  #log: FaultLog | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Creates the folder if it does not exist, unless `mustExist` is set. Rejects with GatewayError `bad_data_dir`.
   */
  static async open(folder: string, { mustExist = false } = {}): Promise<FolderStore> {
    try {
      if (mustExist) await readdir(folder);
      else await mkdir(folder, { recursive: true, mode: OWNER_ONLY_FOLDER });
    } catch (error) {
      throw badFolder(folder, error);
    }
    return new FolderStore(path.resolve(folder));
  }

  /** The file of a kind. */
  fileOf({ name }: StoreKind<unknown>): string {
    return path.join(this.#folder, `${name}.json`);
  }

  /**
   * Locks the folder for this gateway until `close`. Rejects with GatewayError `data_dir_in_use`, which names the process that
   * holds the lock.
   */
  async claim(log: FaultLog): Promise<void> {
    const lock = { folder: this.#folder, purpose: 'gateway', waitMs: 0, log };
    const outcome = await takeLock(lock).catch((error: unknown) => {
      throw badFolder(this.#folder, error);
    });
    this.#log = log;
    if (outcome.kind === 'held') this.#release = outcome.release;
    else
      throw new GatewayError(
        'config',
        'data_dir_in_use',
        `data.dir: ${this.#folder} is used by ${nameOf(outcome.holder)}; stop it, or use another folder`,
      );
  }

  /** Unlocks the folder. */
  close(): void {
    this.#release?.();
    this.#release = undefined;
  }

  async read<Content>(kind: StoreKind<Content>): Promise<Content | undefined> {
    const file = this.fileOf(kind);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw badFolder(file, error);
    }
    try {
      return contentOf(text, kind, file);
    } catch (error) {
      if (kind.isSetAside !== true || !isDamage(error)) throw error;
      await this.#setAside(file, error);
      return undefined;
    }
  }

  async journal({ name }: StoreKind<unknown>, after: number, log: FaultLog): Promise<Journal> {
    try {
      return await FolderJournal.open(path.join(this.#folder, name), after, log);
    } catch (error) {
      throw badFolder(this.#folder, error);
    }
  }

  async update<Content>(
    kind: StoreKind<Content>,
    change: (present: Content | undefined) => Content,
  ): Promise<Content> {
    const lock = { folder: this.#folder, purpose: 'writing', waitMs: WRITE_WAIT_MS };
    const outcome = await takeLock(lock).catch((error: unknown) => {
      throw badFolder(this.#folder, error);
    });
    if (outcome.kind === 'taken')
      throw new GatewayError(
        'config',
        'data_dir_busy',
        `data.dir: ${nameOf(outcome.holder)} has been writing to ${this.#folder} for ${WRITE_WAIT_MS / 1_000} s; try again, or end it`,
      );
    try {
      // If the file cannot be read, this throws, and the file is not overwritten.
      const content = change(await this.read(kind));
      await this.#write(kind, content);
      return content;
    } finally {
      outcome.release();
    }
  }

  async #setAside(file: string, error: GatewayError): Promise<void> {
    const kept = damagedName(file, systemClock.epochMs());
    try {
      await rename(file, kept);
    } catch (fault) {
      throw badFolder(file, fault);
    }
    this.#log?.error(
      { err: error },
      `a damaged file was renamed to ${kept}, and the gateway goes on without it`,
    );
  }

  async #write<Content>(kind: StoreKind<Content>, content: Content): Promise<void> {
    const text = `${JSON.stringify({ format: kind.format, ...content }, null, 2)}\n`;
    const name = path.basename(this.fileOf(kind));
    try {
      await removeRemains(this.#folder, name);
      await replaceFile(this.#folder, name, text);
    } catch (error) {
      throw badFolder(this.fileOf(kind), error);
    }
  }
}

/** Throws GatewayError `damaged_data` or `newer_data`, with the file and the remedy. */
function contentOf<Content>(text: string, kind: StoreKind<Content>, file: string): Content {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw damaged(file, 'it is not JSON');
  }
  if (typeof document !== 'object' || document === null || !('format' in document))
    throw damaged(file, 'it has no format');
  const { format, ...content } = document;
  if (typeof format === 'number' && format > kind.format)
    throw new GatewayError(
      'config',
      'newer_data',
      `${file} was written by a newer version (its format is ${format}, and this one knows ${kind.format}); use that version, ` +
        'or move the file away to start without it. The gateway does not change it',
    );
  if (format !== kind.format) throw damaged(file, `its format is not ${kind.format}`);
  const result = kind.schema().safeParse(content);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join('.') ?? '';
  throw damaged(
    file,
    where === '' ? 'its content is not of the known form' : `${where} is not of the known form`,
  );
}

function damaged(file: string, how: string): GatewayError {
  return new GatewayError(
    'config',
    'damaged_data',
    `${file} is damaged: ${how}; restore it from a backup, or move it away to start without it. The gateway does not change it`,
  );
}

function isDamage(error: unknown): error is GatewayError {
  return error instanceof GatewayError && error.code === 'damaged_data';
}

function badFolder(file: string, error: unknown): unknown {
  if (error instanceof GatewayError) return error;
  return new GatewayError(
    'config',
    'bad_data_dir',
    `data.dir: ${file} cannot be used: ${fileFault(error)}; check who may write there`,
  );
}

function nameOf({ pid, isLocal }: LockHolder): string {
  return isLocal
    ? `process ${pid}`
    : `a gateway in another container or on another machine (process ${pid} there)`;
}
