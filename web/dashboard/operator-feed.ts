// The topics that the dashboard follows: the gateway always, and either all streams or one. All share one WebSocket.
import type { OperatorMessage } from '../../server/stats/operator-message.ts';
import type { ErrorMessage } from '../../server/stats/stats-message.ts';
import { type Follow, LiveSocket } from '../live/live-socket.ts';
import { adminToken } from './operator-token.ts';

export type FeedListener = {
  readonly onMessage: (message: OperatorMessage) => void;
  readonly onLink: (isUp: boolean) => void;
  /** The token is missing, wrong or no longer valid. */
  readonly onRefused: (code: string, detail: string) => void;
};

export class OperatorFeed {
  readonly #socket: LiveSocket;
  readonly #listener: FeedListener;
  #server: Follow | undefined;
  #shown: Follow | undefined;

  constructor(url: string, listener: FeedListener) {
    this.#listener = listener;
    this.#socket = new LiveSocket({ url, onLink: listener.onLink });
  }

  /** Shows one stream, or all. Its view begins empty, so the numbers of the gateway are asked for again too. */
  show(name: string | undefined): void {
    this.stop();
    const token = adminToken();
    const { onMessage } = this.#listener;
    const onError = ({ code, message }: ErrorMessage): void => this.#listener.onRefused(code, message);
    this.#shown =
      name === undefined
        ? this.#socket.follow('streams', { token, onMessage, onError })
        : this.#socket.follow('detail', { name, token, onMessage, onError });
    this.#server = this.#socket.follow('server', { token, onMessage, onError });
  }

  /** Follows nothing until `show`. */
  stop(): void {
    this.#shown?.stop();
    this.#server?.stop();
    this.#shown = undefined;
    this.#server = undefined;
  }
}
