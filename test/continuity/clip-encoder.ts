// An encoder that plays clips and can disappear in every way that a real one does. It uses the project's publishing
// session on its own socket, because the end of the connection matters here.
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FlvTag } from '../../server/flv/flv-file.ts';
import { type Clip, playInLoop } from '../../server/relay/clip-loop.ts';
import { amfEcmaArray } from '../../server/rtmp/amf-value.ts';
import { PublishSession } from '../../server/rtmp/client-session.ts';
import { whenDone } from '../support/cleanup.ts';

/** `goodbye`: unpublished and closed; `FIN`, `RST`: closed without a message; `stall`: silent, with the socket open. */
export type Ending = 'goodbye' | 'FIN' | 'RST' | 'stall';

export type EncoderTarget = { readonly port: number; readonly streamName: string };

/** As encoders do after a request to reconnect: quickly and repeatedly. */
const RETRY_MS = 250;
const CONNECT_TIMEOUT_MS = 30_000;
/** One picture at 30 fps: the media after a change of clip begins so much later. */
const FRAME_MS = 33;
/** FLV annex E.4: packet type 0 is codec configuration, for AVC and AAC alike. */
const CONFIG_PACKET = 0;

/** One publication; media is dropped after its end. */
export class ClipEncoder {
  /** Epoch milliseconds at which the first media of this publication was written. */
  firstMediaAtMs: number | undefined;
  readonly #socket: Socket;
  readonly #session: PublishSession;
  readonly #ended: Promise<void>;
  #clip: Clip | undefined;
  #stopLoop: () => void = () => undefined;
  #offsetMs = 0;
  #lastMs = 0;
  #sends = { video: true, audio: true };

  private constructor(socket: Socket, session: PublishSession) {
    this.#socket = socket;
    this.#session = session;
    this.#ended = new Promise((resolve) => socket.once('close', () => resolve()));
    void this.#ended.then(() => this.#stopLoop());
    whenDone(() => this.end('RST'));
  }

  /** Connects until the gateway accepts the publication; rejects after half a minute. */
  static async publish(target: EncoderTarget): Promise<ClipEncoder> {
    const deadline = performance.now() + CONNECT_TIMEOUT_MS;
    for (;;) {
      try {
        return await attempt(target, (socket, session) => new ClipEncoder(socket, session));
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await delay(RETRY_MS);
      }
    }
  }

  /** Resolves when the connection is closed, by either side. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** Announces its tracks as encoders do: a gateway waits for an announced track. */
  announce(tracks: { readonly hasVideo: boolean; readonly hasAudio: boolean }): void {
    const codecs: [string, number][] = [];
    if (tracks.hasVideo) codecs.push(['videocodecid', 7]);
    if (tracks.hasAudio) codecs.push(['audiocodecid', 10]);
    const metadata = amfEcmaArray(Object.fromEntries(codecs));
    this.#write(this.#session.data('@setDataFrame', ['onMetaData', metadata]));
  }

  /** Plays a clip in a loop from now on; timestamps continue from the previous clip. */
  play(clip: Clip): void {
    this.#stopLoop();
    this.#offsetMs = this.#clip === undefined ? 0 : this.#lastMs + FRAME_MS;
    this.#clip = clip;
    const socket = this.#socket;
    this.#stopLoop = playInLoop(clip, {
      audio: (time, body) => this.#send('audio', time + this.#offsetMs, body),
      video: (time, body) => this.#send('video', time + this.#offsetMs, body),
      get unsentBytes() {
        return socket.writableLength;
      },
    });
  }

  /** Sends a clip so many times, as fast as the network takes it: this makes a past without a wait. */
  sendAtOnce(clip: Clip, rounds: number): void {
    for (let round = 0; round < rounds; round += 1) {
      for (const { kind, timestamp, body } of clip.tags) {
        if (kind !== 'script') this.#send(kind, timestamp + round * clip.durationMs, body);
      }
    }
    this.#clip = clip;
  }

  /** Sends a track or not; one that begins later sends its configuration first. */
  setTrack(kind: 'audio' | 'video', isSent: boolean): void {
    const config = this.#clip?.tags.find((tag) => tag.kind === kind && isConfig(tag));
    if (isSent && config !== undefined) this.#write(this.#session[kind](this.#lastMs, config.body));
    this.#sends = { ...this.#sends, [kind]: isSent };
  }

  end(how: Ending): void {
    this.#stopLoop();
    switch (how) {
      case 'goodbye':
        this.#socket.end(this.#session.end());
        break;
      case 'FIN':
        this.#socket.end();
        break;
      case 'RST':
        this.#socket.resetAndDestroy();
        break;
      case 'stall':
        break;
      default:
        how satisfies never;
    }
  }

  #send(kind: 'audio' | 'video', timestampMs: number, body: Buffer): void {
    this.#lastMs = Math.max(this.#lastMs, timestampMs);
    if (!this.#sends[kind]) return;
    this.firstMediaAtMs ??= Date.now();
    this.#write(this.#session[kind](timestampMs, body));
  }

  #write(bytes: Buffer): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }
}

/** One connection, from TCP to the gateway's acceptance. */
function attempt(
  { port, streamName }: EncoderTarget,
  accept: (socket: Socket, session: PublishSession) => ClipEncoder,
): Promise<ClipEncoder> {
  const session = new PublishSession({ app: 'live', tcUrl: `rtmp://127.0.0.1:${port}/live`, streamName });
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      socket.destroy();
      reject(new Error(`publishing "${streamName}" to port ${port}: ${why}`));
    };
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('the connection was closed'));
    socket.on('connect', () => socket.write(session.start()));
    socket.on('data', (bytes) => {
      for (const output of session.receive(bytes)) {
        if (output.kind === 'send') socket.write(output.bytes);
        else if (output.kind === 'publish-started') resolve(accept(socket, session));
        else if (output.kind === 'rejected') fail(`${output.code}: ${output.description}`);
        else if (output.kind === 'closed') fail(`${output.code}: ${output.message}`);
      }
    });
  });
}

function isConfig(tag: FlvTag): boolean {
  return tag.body[1] === CONFIG_PACKET;
}
