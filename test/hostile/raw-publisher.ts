// A publisher that sends any messages at full speed, and reads from the log with which code it was ended.

import { setTimeout as delay } from 'node:timers/promises';
import { EncoderScript } from '../cases/rtmp-script.ts';
import type { AttackedGateway } from './attacked-gateway.ts';
import { RawPeer } from './raw-peer.ts';

const CONSENT = Buffer.from('NetStream.Publish.Start');
const STARTED_WITHIN_MS = 10_000;
const CLOSED_WITHIN_MS = 5_000;
/** Reads ends from the gateway's log; of several publishers with one address only the last. */
const NOTICED_WITHIN_MS = 1_000;
const CHUNK_BYTES = 65_536;

export class RawPublisher {
  readonly script = new EncoderScript();
  readonly peer: RawPeer;
  /** The code of its end; undefined until then. */
  code: string | undefined;
  readonly #gateway: AttackedGateway;
  readonly #name: string;
  readonly #ended: Promise<void>;
  #hasHeardWhy = false;

  constructor(gateway: AttackedGateway, name: string, localAddress: string) {
    this.#gateway = gateway;
    this.#name = name;
    this.#ended = gateway.nextEnd(localAddress).then(({ code }) => {
      this.code = String(code);
    });
    this.peer = new RawPeer({ port: gateway.rtmpPort, localAddress });
  }

  /** Resolves true when media may be sent, false if it was refused. */
  async start(): Promise<boolean> {
    await this.peer.opened;
    await this.peer.write(Buffer.concat([this.script.opening(), this.script.publish(this.#name)]));
    const isStarted = await this.peer.until(() => this.peer.heard().includes(CONSENT), STARTED_WITHIN_MS);
    if (isStarted) await this.say(this.script.control({ kind: 'set-chunk-size', chunkBytes: CHUNK_BYTES }));
    return isStarted;
  }

  /** Resolves when the kernel has the bytes; false after the gateway ended the connection. */
  async say(bytes: Buffer): Promise<boolean> {
    if (this.peer.hasEnded || !this.#gateway.isRunning()) return false;
    // The peer keeps the first bytes only, and acknowledgements would fill them.
    this.#hasHeardWhy = this.wasToldWhy;
    this.peer.forget();
    await this.peer.write(bytes);
    return !this.peer.hasEnded;
  }

  /** Whether an onStatus of level `error` has arrived. */
  get wasToldWhy(): boolean {
    return (
      this.#hasHeardWhy || /onStatus[\s\S]*level[\s\S]{1,8}error/.test(this.peer.heard().toString('latin1'))
    );
  }

  /** Ends like an encoder, and resolves when the gateway has noticed. */
  async stop(): Promise<void> {
    await this.say(this.script.command('FCUnpublish', 9, null, [this.#name]));
    await this.peer.leave();
    await Promise.race([this.#ended, delay(NOTICED_WITHIN_MS, undefined, { ref: false })]);
  }

  /** Resolves with the code of the end; undefined after a timeout. */
  async untilEnded(withinMs = CLOSED_WITHIN_MS): Promise<string | undefined> {
    await this.peer.until(() => this.peer.hasEnded, withinMs);
    // The log line may follow the end.
    const deadline = performance.now() + 1_000;
    while (this.peer.hasEnded && this.code === undefined && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 10));
    return this.code;
  }
}
