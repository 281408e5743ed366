// When the process is out of file descriptors, libuv accepts and closes each new connection, and tells nobody. This does.

import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { EventLog } from '../event-log.ts';

const REASON =
  'no file descriptors are left, so new connections are closed; allow the process more of them (ulimit -n, LimitNOFILE= of ' +
  'systemd, docker run --ulimit nofile=65536)';

export class DescriptorWatch {
  readonly #events: EventLog;
  readonly #open: () => number;
  #isOut = false;

  /** `open` opens a file, or throws as `fs.openSync` does. */
  constructor(events: EventLog, open: () => number = () => openSync(devNull, 'r')) {
    this.#events = events;
    this.#open = open;
  }

  /** Call once a second: tells when descriptors run out, and when there are some again. */
  check(): void {
    const isOut = this.#isExhausted();
    if (isOut === this.#isOut) return;
    this.#isOut = isOut;
    if (isOut) {
      this.#events.write(
        'warn',
        { code: 'out_of_descriptors', reason: REASON },
        'rtmp connections are refused',
      );
    } else {
      this.#events.writeAs('descriptors_again', 'info', {}, 'rtmp connections are accepted again');
    }
  }

  #isExhausted(): boolean {
    try {
      closeSync(this.#open());
      return false;
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      return code === 'EMFILE' || code === 'ENFILE';
    }
  }
}
