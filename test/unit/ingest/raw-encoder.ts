// An encoder whose bytes a test can hold back, cut, or send wrong: the publishing session on a bare socket.
import { type ClientOutput, PublishSession } from '../../../server/rtmp/client-session.ts';
import { connectRaw, type RawSocket } from '../../support/rtmp-bytes.ts';

export type RawEncoder = {
  readonly raw: RawSocket;
  readonly session: PublishSession;
  /** Resolves when the server accepts; rejects with its reason otherwise. */
  readonly started: Promise<void>;
  /** Resolves with the status that ended it, as `code: description`; never without one. */
  readonly rejected: Promise<string>;
};

/** Connects and asks to publish, with each reply changed by `rewrite`. Later steps are the test's own. */
export async function connectEncoder(
  port: number,
  streamName: string,
  options: {
    readonly app?: string;
    readonly rewrite?: (bytes: Buffer) => Buffer;
    /** Gets what the server sends. */
    readonly onBytes?: (bytes: Buffer) => void;
  } = {},
): Promise<RawEncoder> {
  const { app = 'live', rewrite = (bytes) => bytes, onBytes = () => {} } = options;
  const raw = await connectRaw(port);
  const session = new PublishSession({ app, tcUrl: `rtmp://127.0.0.1:${port}/${app}`, streamName });
  let settle: { start: () => void; reject: (why: string) => void } = { start: () => {}, reject: () => {} };
  const rejected = new Promise<string>((resolve) => {
    settle.reject = resolve;
  });
  const started = new Promise<void>((resolve, reject) => {
    settle = { ...settle, start: resolve };
    void rejected.then((why) => reject(new Error(why)));
  });
  started.catch(() => {});
  const handle = (output: ClientOutput): void => {
    if (output.kind === 'send') raw.socket.write(rewrite(output.bytes));
    else if (output.kind === 'publish-started') settle.start();
    else if (output.kind === 'rejected') settle.reject(`${output.code}: ${output.description}`);
    else if (output.kind === 'closed') settle.reject(`${output.code}: ${output.message}`);
  };
  raw.socket.on('data', (bytes) => {
    onBytes(bytes);
    for (const output of session.receive(bytes)) handle(output);
  });
  await raw.write(session.start());
  return { raw, session, started, rejected };
}
