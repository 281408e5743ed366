// The server's answers to commands, as real encoders expect them (RTMP 1.0, clause 7.2).

import { amfObject } from './amf-value.ts';
import { CHUNK_STREAM } from './chunk-writer.ts';
import { type Command, type Status, writeCommand, writeStatus } from './command.ts';
import { DEFAULT_WINDOW_BYTES, OWN_CHUNK_BYTES } from './limits.ts';
import { PEER_BANDWIDTH_LIMIT, USER_CONTROL_EVENT } from './message.ts';
import type { MessageLink } from './message-link.ts';
import type { SessionState } from './session-state.ts';

/** Encoders use FMLE's commands only with an FMS of version 3 or later. */
const SERVER_VERSION = 'FMS/3,0,1,123';
/** The capabilities that FMS sends. */
const CAPABILITIES = 31;

/** `connect` is always the first transaction (clause 7.2.1.1). */
export const CONNECT_TRANSACTION = 1;

const PUBLISH_STARTED: Status = {
  level: 'status',
  code: 'NetStream.Publish.Start',
  description: 'Publishing started.',
};

/** Writes a server's answers into its link. */
export class ServerReplies {
  readonly #link: MessageLink;
  #hasAnnounced = false;

  constructor(link: MessageLink) {
    this.#link = link;
  }

  /** Window, bandwidth and chunk size, and the success of `connect`; `objectEncoding` is 3 for a client that will use types 15 and 17. */
  connected(command: Command, objectEncoding: 0 | 3): void {
    const windowBytes = DEFAULT_WINDOW_BYTES;
    this.#link.sendControl({ kind: 'window-acknowledgement-size', windowBytes });
    const limitType = PEER_BANDWIDTH_LIMIT.dynamic;
    this.#link.sendControl({ kind: 'set-peer-bandwidth', windowBytes, limitType });
    this.#link.sendControl({ kind: 'set-chunk-size', chunkBytes: OWN_CHUNK_BYTES });
    const properties = amfObject({ fmsVer: SERVER_VERSION, capabilities: CAPABILITIES, mode: 1 });
    const information = amfObject({
      level: 'status',
      code: 'NetConnection.Connect.Success',
      description: 'Connection succeeded.',
      objectEncoding,
    });
    this.#answer({ ...command, name: '_result', object: properties, args: [information] });
  }

  /** Success of a command, with its result value if it has one. */
  result(command: Command, value?: number): void {
    this.#answer({ ...command, name: '_result', object: null, args: [value] });
  }

  /** Failure of a command. */
  error(command: Command, code: string, description: string): void {
    const information = amfObject({ level: 'error', code, description });
    this.#answer({ ...command, name: '_error', object: null, args: [information] });
  }

  /** Answers FCPublish: some hardware encoders publish only after `onFCPublish`. */
  publishAnnounced(command: Command): void {
    this.result(command);
    this.#hasAnnounced = true;
    this.#status('onFCPublish', PUBLISH_STARTED, 0);
  }

  /** A publish request was accepted. Some encoders wait for `onFCPublish` without having called FCPublish. */
  publishStarted(messageStreamId: number, description = PUBLISH_STARTED.description): void {
    const event = USER_CONTROL_EVENT.streamBegin;
    this.#link.sendControl({ kind: 'user-control', event, value: messageStreamId });
    if (!this.#hasAnnounced) this.#status('onFCPublish', PUBLISH_STARTED, 0);
    this.#status('onStatus', { ...PUBLISH_STARTED, description }, messageStreamId);
  }

  /** The publication has ended, from either side. */
  publishEnded(messageStreamId: number): void {
    const status: Status = {
      level: 'status',
      code: 'NetStream.Unpublish.Success',
      description: 'Publishing stopped.',
    };
    this.#hasAnnounced = false;
    this.#status('onFCUnpublish', status, 0);
    this.#status('onStatus', status, messageStreamId);
  }

  /** Any other status, on a message stream or, with 0, on the connection. */
  status(status: Status, messageStreamId: number): void {
    this.#status('onStatus', status, messageStreamId);
  }

  /**
   * Why the server closes, in the form that the session's state allows. There is none within the handshake (clause 5.2).
   * Before `connect` it is the answer to `connect`.
   */
  closing(state: SessionState, status: Status, messageStreamId: number): void {
    if (state === 'handshaking') return;
    if (state !== 'connecting') {
      this.status(status, messageStreamId);
      return;
    }
    const connect = { name: 'connect', transactionId: CONNECT_TRANSACTION, object: null, args: [] };
    this.error(connect, 'NetConnection.Connect.Rejected', status.description);
  }

  /** Commands without effect: some are customary, some answer our own. Returns false for an unknown command. */
  other(command: Command): boolean {
    switch (command.name) {
      case 'FCPublish':
        this.publishAnnounced(command);
        return true;
      case 'releaseStream':
      case '_checkbw':
        this.result(command);
        return true;
      case '_result':
      case '_error':
      case 'onStatus':
        return true;
      default:
        this.error(command, 'NetConnection.Call.Failed', 'The method is unknown.');
        return false;
    }
  }

  /** A command with transaction id 0 wants no answer (clause 7.2.1). */
  #answer(command: Command): void {
    if (command.transactionId === 0) return;
    this.#link.send(writeCommand(command, 0), CHUNK_STREAM.command);
  }

  #status(name: string, status: Status, messageStreamId: number): void {
    const chunkStreamId = messageStreamId === 0 ? CHUNK_STREAM.command : CHUNK_STREAM.status;
    this.#link.send(writeStatus(name, status, messageStreamId), chunkStreamId);
  }
}
