// An RTMP publisher that writes slices of a prepared clip, in real time or as fast as the server reads.

import { connect, type Socket } from 'node:net';
import { type AmfValue, amfEcmaArray } from '../server/rtmp/amf-value.ts';
import { type ClientOutput, PublishSession } from '../server/rtmp/client-session.ts';
import { WIRE_CHUNK_BYTES, type WireClip } from './wire-clip.ts';

const APP = 'live';
const START_TIMEOUT_MS = 10_000;
/** After a longer delay the clip skips instead of catching up, as encoders do. */
const MAX_CATCH_UP_MS = 1_000;
/** Above this many unsent bytes the clip waits: two seconds at 4 Mbit/s. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** One write of a publisher that does not wait for the clock. */
const FLOOD_BYTES = 256 * 1024;

export class WirePublisher {
  /** Resolves when the server has accepted the publication. */
  readonly started: Promise<void>;
  readonly #socket: Socket;
  readonly #session: PublishSession;
  readonly #clip: WireClip;
  #startedAtMs = Number.POSITIVE_INFINITY;
  /** Messages written in all. */
  #next = 0;
  #floodedBytes = 0;

  constructor(target: { readonly port: number; readonly name: string }, clip: WireClip) {
    const { port, name } = target;
    this.#clip = clip;
    this.#session = new PublishSession({
      app: APP,
      tcUrl: `rtmp://127.0.0.1:${port}/${APP}`,
      streamName: name,
      chunkSize: WIRE_CHUNK_BYTES,
    });
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.started = new Promise((resolve, reject) => {
      const settle = (): void => clearTimeout(timer);
      const fail = (why: string): void => {
        settle();
        reject(new Error(`port ${port}, ${name}: ${why}`));
      };
      const accept = (): void => {
        settle();
        resolve();
      };
      const timer = setTimeout(() => fail(`not accepted within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
      this.#socket.once('error', (error) => fail(error.message));
      this.#socket.once('close', () => fail('closed by the server'));
      this.#socket.on('data', (bytes) => {
        for (const output of this.#session.receive(bytes)) this.#handle(output, accept, fail);
      });
      this.#socket.once('connect', () => this.#socket.write(this.#session.start()));
    });
    this.started.catch(() => {});
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  /** Bytes written by `flood` that the system has taken. */
  get floodedBytes(): number {
    return this.#floodedBytes;
  }

  /** Sends metadata and codec configuration. The clock of `playDue` starts at `nowMs`. */
  open(metadata: Readonly<Record<string, number>>, nowMs: number): void {
    this.#startedAtMs = nowMs;
    const values: readonly AmfValue[] = ['onMetaData', amfEcmaArray(metadata)];
    this.#socket.write(this.#session.data('@setDataFrame', values));
    for (const { kind, timeMs, body } of this.#clip.configs) {
      this.#socket.write(this.#session[kind](timeMs, body));
    }
  }

  /** Writes what is due. `onMessage` gets the lateness of each message. */
  playDue(nowMs: number, onMessage: (latenessMs: number, isPicture: boolean) => void): void {
    if (nowMs < this.#startedAtMs || this.unsentBytes > MAX_UNSENT_BYTES) return;
    const { marks, bytes, durationMs } = this.#clip;
    for (;;) {
      const round = Math.floor(this.#next / marks.length);
      const first = this.#next % marks.length;
      const roundStartMs = this.#startedAtMs + round * durationMs;
      let end = first;
      for (let mark = marks[end]; mark !== undefined; mark = marks[end]) {
        const latenessMs = nowMs - roundStartMs - mark.dueMs;
        if (latenessMs < 0) break;
        onMessage(latenessMs, mark.isPicture);
        if (latenessMs > MAX_CATCH_UP_MS) this.#startedAtMs += latenessMs;
        end += 1;
        if (latenessMs > MAX_CATCH_UP_MS) break;
      }
      if (end === first) return;
      this.#socket.write(bytes.subarray(marks[first - 1]?.endsAt ?? 0, marks[end - 1]?.endsAt));
      this.#next += end - first;
    }
  }

  /** Leaves; silently like a lost line, or as encoders do. */
  close(isSilent: boolean): void {
    if (isSilent || !this.isOpen) this.#socket.destroy();
    else this.#socket.end(this.#session.end());
  }

  /** Writes the loop as fast as the server reads, without end. */
  flood(): void {
    const { bytes } = this.#clip;
    let at = 0;
    const pump = (): void => {
      for (;;) {
        const slice = bytes.subarray(at, at + FLOOD_BYTES);
        at = at + slice.length >= bytes.length ? 0 : at + slice.length;
        this.#floodedBytes += slice.length;
        if (!this.#socket.write(slice)) return;
      }
    };
    this.#socket.on('drain', pump);
    pump();
  }

  #handle(output: ClientOutput, accept: () => void, fail: (why: string) => void): void {
    if (output.kind === 'send') this.#socket.write(output.bytes);
    else if (output.kind === 'publish-started') accept();
    else if (output.kind === 'rejected') fail(`refused: ${output.code} ${output.description}`);
    else if (output.kind === 'closed') fail(output.message);
  }
}
