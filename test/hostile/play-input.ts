// Plays one hostile input over a new connection, and compares its end with the expected one.

import { connect, type Socket } from 'node:net';
import { assertNever } from '../../server/errors.ts';
import { wire } from '../cases/rtmp-wire.ts';
import type { AttackedGateway, LogLine } from './attacked-gateway.ts';
import { endNames, type HostileInput, type Step } from './hostile-input.ts';

/** An unused stream name and an unused address of 127.0.0.0/8 for an input. */
export type Place = { readonly streamName: string; readonly localAddress: string; readonly token: number };

export type PlayedInput = {
  readonly input: HostileInput;
  /** The name of the end, `lives`, or what was missing. */
  readonly seen: string;
  readonly isExpected: boolean;
};

/** Longer than the deadlines of the gateway that an input may wait for. */
const PLAY_TIMEOUT_MS = 30_000;
const CONSENT = Buffer.from('NetStream.Publish.Start');
/** How much received data is kept, to find an answer that came in two reads. */
const KEPT_TAIL_BYTES = 8_192;
const PING_REQUEST = 6;
const PING_RESPONSE = 7;

export async function playInput(
  gateway: AttackedGateway,
  input: HostileInput,
  place: Place,
): Promise<PlayedInput> {
  const ended = gateway.nextEnd(place.localAddress);
  const peer = new Peer(gateway.rtmpPort, place.localAddress);
  try {
    const seen = await withinTime(play(peer, input, place, ended));
    return { input, seen, isExpected: endNames(input.ending).includes(seen) };
  } finally {
    await peer.leave();
  }
}

/** Resolves with the end's name as `Ending` has it. */
async function play(peer: Peer, input: HostileInput, place: Place, ended: Promise<LogLine>): Promise<string> {
  let end: LogLine | undefined;
  void ended.then((line) => {
    end = line;
  });
  await peer.connected;
  for (const step of input.steps(place.streamName)) {
    if (end !== undefined) break;
    await take(peer, step, ended);
  }
  const { ending } = input;
  if (ending.kind === 'closed' || ending.kind === 'reset') return codeOf(await ended);
  if (ending.kind === 'lives') {
    peer.write(pingMessage(PING_REQUEST, place.token));
    await Promise.race([peer.untilReceived(pingBody(PING_RESPONSE, place.token)), ended]);
    if (end !== undefined) return codeOf(end);
  }
  peer.end();
  const code = codeOf(await ended);
  return code === 'peer_closed' ? ending.kind : code;
}

async function take(peer: Peer, step: Step, ended: Promise<LogLine>): Promise<void> {
  switch (step.kind) {
    case 'write':
      await Promise.race([peer.write(step.bytes), ended]);
      return;
    case 'until-started':
      await Promise.race([peer.untilReceived(CONSENT), ended]);
      return;
    case 'drip':
      peer.drip(step.bytes, step.everyMs);
      return;
    case 'mute':
      peer.mute();
      return;
    case 'reset':
      peer.reset();
      return;
    default:
      assertNever(step);
  }
}

/** A raw client; errors of the connection are expected. */
class Peer {
  readonly connected: Promise<void>;
  readonly #socket: Socket;
  readonly #closed: Promise<void>;
  #tail = Buffer.alloc(0);
  #timer: NodeJS.Timeout | undefined;

  constructor(port: number, localAddress: string) {
    this.#socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true });
    this.#socket.on('error', () => {});
    this.#socket.on('data', (bytes) => {
      this.#tail = Buffer.concat([this.#tail, bytes]).subarray(-KEPT_TAIL_BYTES);
    });
    this.connected = new Promise((resolve) => this.#socket.once('connect', resolve));
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => resolve()));
  }

  /** Resolves when the kernel has the bytes, or the connection has ended. */
  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.#socket.write(bytes, () => resolve()));
  }

  untilReceived(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!this.#tail.includes(bytes)) return;
        this.#socket.off('data', look);
        resolve();
      };
      this.#socket.on('data', look);
      look();
    });
  }

  drip(bytes: Buffer, everyMs: number): void {
    this.#timer = setInterval(() => this.#socket.write(bytes), everyMs);
  }

  mute(): void {
    this.#socket.pause();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  end(): void {
    this.#socket.end();
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    this.#socket.destroy();
    await this.#closed;
  }
}

function pingMessage(event: number, value: number): Buffer {
  const payload = pingBody(event, value);
  return wire({ type: 0, chunkStreamId: 2, messageType: 4, messageStreamId: 0, payload });
}

function pingBody(event: number, value: number): Buffer {
  const body = Buffer.alloc(6);
  body.writeUInt16BE(event, 0);
  body.writeUInt32BE(value, 2);
  return body;
}

function codeOf(line: LogLine): string {
  return String(line['code']);
}

async function withinTime(played: Promise<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no end'), PLAY_TIMEOUT_MS);
  });
  return Promise.race([played, late]).finally(() => clearTimeout(timer));
}
