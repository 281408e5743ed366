// The client's end of a WebDriver BiDi connection (W3C WebDriver BiDi, clauses 3 and 4).
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { whenDone } from '../support/cleanup.ts';

/** A command that takes longer than this gets no answer any more. */
const COMMAND_TIMEOUT_MS = 20_000;

export type Fields = Readonly<Record<string, unknown>>;
type Pending = { readonly resolve: (result: Fields) => void; readonly reject: (error: Error) => void };

/** Commands and answers of one session (clause 3: every command has an id, and its answer has the same). */
export class BidiSession {
  /** Called with each event. */
  onEvent: (method: string, fields: Fields) => void = () => {};
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data) => this.#receive(JSON.parse(String(data)) as Fields));
    socket.on('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('Firefox is gone'));
      this.#pending.clear();
    });
  }

  static async connect(url: string): Promise<BidiSession> {
    const socket = new WebSocket(url);
    whenDone(() => socket.terminate());
    await once(socket, 'open');
    return new BidiSession(socket);
  }

  /** Throws when Firefox answers with an error. */
  send(method: string, params: Fields): Promise<Fields> {
    const id = this.#nextId;
    this.#nextId += 1;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${method} was not answered within ${COMMAND_TIMEOUT_MS} ms`)),
        COMMAND_TIMEOUT_MS,
      );
      const settle = (): void => {
        clearTimeout(timer);
        this.#pending.delete(id);
      };
      this.#pending.set(id, {
        resolve: (result) => {
          settle();
          resolve(result);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }

  close(): void {
    this.#socket.close();
  }

  #receive(message: Fields): void {
    if (message['type'] === 'event') {
      this.onEvent(String(message['method']), message['params'] as Fields);
      return;
    }
    const pending = this.#pending.get(Number(message['id']));
    if (message['type'] === 'success') pending?.resolve(message['result'] as Fields);
    else pending?.reject(new Error(`${message['error']}: ${message['message']}`));
  }
}
