// The log lines of one RTMP connection: its publications, what they lost, and its end.

import type { EventLog } from '../event-log.ts';
import type { LimitTally } from '../limit-tally.ts';
import type { Logger } from '../log.ts';
import type { SessionOutput } from '../rtmp/session.ts';
import { printableText } from './printable-text.ts';
import type { TestPublish } from './test-publish.ts';

/** Longest reason; a longer one contains text from the peer. */
const MAX_REASON_CHARACTERS = 500;

/** A publication that its publisher ended, by which command. */
export type Unpublished = { readonly how: string; readonly name: string };

/** A text for a log line. */
export function reasonText(text: string): string {
  return printableText(text, MAX_REASON_CHARACTERS);
}

export class ConnectionEvents {
  readonly #log: EventLog;
  readonly #remote: string;

  constructor(log: EventLog, remote: string) {
    this.#log = log;
    this.#remote = remote;
  }

  publishing(stream: string, test?: TestPublish): void {
    const fields = { stream, remote: this.#remote };
    if (test === undefined) return this.#log.writeAs('publishing', 'info', fields, 'publishing');
    const told = { ...fields, testOf: test.of, report: test.reportUrl };
    this.#log.writeAs('publishing', 'info', told, 'publishing a test, which nobody can watch');
  }

  /** A publication ended and the connection continues with another one. */
  unpublished({ how, name: stream }: Unpublished): void {
    const event = { code: 'unpublished', reason: endedBy(how), remote: this.#remote, stream };
    this.#log.write('info', event, 'publication ended');
  }

  mediaLost(stream: string, code: string, reason: string): void {
    const event = { code, reason: reasonText(reason), stream, remote: this.#remote };
    this.#log.write('warn', event, 'media is not played');
  }

  /** The connection is over; `stream` is the last name that it published. */
  closed(code: string, message: string, stream: string | undefined): void {
    const event = { code, reason: reasonText(message), remote: this.#remote };
    this.#log.write('info', stream === undefined ? event : { ...event, stream }, 'rtmp connection closed');
  }
}

/** Reason of a connection's end after its publisher ended the publication. */
export function endedBy(how: string): string {
  return `the publisher ended the stream (${reasonText(how)})`;
}

/** Something of a peer was ignored. */
export function tellIgnored(
  { what, limit }: Extract<SessionOutput, { readonly kind: 'ignored' }>,
  remote: string,
  { log, tally }: { readonly log: Logger; readonly tally?: Pick<LimitTally, 'met'> },
): void {
  if (limit !== undefined) tally?.met(limit);
  log.debug({ remote, what, limit }, 'ignored');
}
