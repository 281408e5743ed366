// Whole sessions (RTMP 1.0, clause 7.2): a server's with any bytes, cut anywhere, with verdicts at any moment; and a
// client's.

import { GatewayError } from '../../../server/errors.ts';
import { amfObject } from '../../../server/rtmp/amf-value.ts';
import { type ClientOutput, PublishSession } from '../../../server/rtmp/client-session.ts';
import type { RtmpLimits } from '../../../server/rtmp/limits.ts';
import { Session, type SessionOutput } from '../../../server/rtmp/session.ts';
import { aggregateBody, EncoderScript, hear, messagesIn, wholePublication } from '../../cases/rtmp-script.ts';
import { comparable, pattern } from '../../cases/rtmp-splits.ts';
import { demand, type FuzzTarget, tally, textWords } from '../fuzz-target.ts';
import { InputFeed } from '../input-feed.ts';
import { CHUNK_WORDS, cutsOf } from './rtmp-chunks.ts';

const KIB = 1024;
const MIB = 1024 * KIB;
/** Low enough for an input to reach it; the handshake alone is 3 KiB. */
const TIGHT_LIMITS: Partial<RtmpLimits> = { maxBytesBeforePublish: 8 * KIB };
/** How much is held depends on the size of reads: not for runs that compare cuts. */
const TIGHTEST_LIMITS: Partial<RtmpLimits> = { ...TIGHT_LIMITS, maxHeldBytes: KIB };
const CODE_PATTERN = /^[a-z][a-z0-9_]*$/;
const SESSION_WORDS = [
  ...CHUNK_WORDS,
  ...textWords(
    '\x02\0\x07connect',
    '\x02\0\x07publish',
    '\x02\0\x0ccreateStream',
    '\x02\0\x0bdeleteStream',
    '\x02\0\x04play',
  ),
  ...textWords(
    '\x02\0\x0bFCUnpublish',
    '\x02\0\x0bcloseStream',
    '\x02\0\x0dreleaseStream',
    '\x02\0\x09FCPublish',
    '__proto__',
  ),
];

/** The state of a session before it reads an input. */
const STAGES = ['nothing', 'handshake', 'connect', 'publish'] as const;

const PRELUDES: readonly Buffer[] = STAGES.map((stage) => {
  const script = new EncoderScript();
  if (stage === 'nothing') return Buffer.alloc(0);
  if (stage === 'handshake') return script.hello();
  return stage === 'connect' ? script.opening() : Buffer.concat([script.opening(), script.publish()]);
});

/** The messages of an encoder after the opening, with their chunk headers. */
function flights(): Buffer[] {
  const say = (speech: (script: EncoderScript) => readonly Buffer[]): Buffer => {
    const script = new EncoderScript();
    script.opening();
    script.publish();
    return Buffer.concat(speech(script));
  };
  const aggregate = aggregateBody([
    { type: 9, time: 5, body: pattern(40) },
    { type: 8, time: 6, body: pattern(9) },
  ]);
  return [
    say((s) => [
      s.data('@setDataFrame', ['onMetaData', amfObject({ width: 640 })]),
      s.video(0, pattern(50)),
      s.audio(0, pattern(7)),
    ]),
    say((s) => [
      s.control({ kind: 'set-chunk-size', chunkBytes: 4_096 }),
      s.video(40, pattern(5_000)),
      s.audio(21, pattern(300)),
    ]),
    say((s) => [
      s.message({ type: 22, messageStreamId: 1, timestamp: 70, body: aggregate }, 6),
      s.video(80, pattern(3)),
    ]),
    say((s) => [
      s.control({ kind: 'user-control', event: 6, value: 99 }),
      s.control({ kind: 'set-peer-bandwidth', windowBytes: 1, limitType: 2 }),
    ]),
    say((s) => [
      s.control({ kind: 'window-acknowledgement-size', windowBytes: 1 }),
      s.control({ kind: 'abort', chunkStreamId: 6 }),
    ]),
    say((s) => [
      s.video(0, pattern(9)),
      s.command('FCUnpublish', 6, null, ['key']),
      s.command('deleteStream', 7, null, [1]),
    ]),
    say((s) => [s.command('closeStream', 0, null, [], 1), s.publish('again'), s.video(9, pattern(5))]),
    say((s) => [s.command('play', 6, null, ['key'], 1), s.audio(3, pattern(5))]),
    say((s) => [
      s.command('_checkbw', 4, null, []),
      s.command('toString', 5, null, []),
      s.command('getStreamLength', 6, null, ['k']),
    ]),
    say((s) => [
      s.message(
        { type: 17, messageStreamId: 1, timestamp: 0, body: Buffer.from('00020007636f6e6e656374', 'hex') },
        3,
      ),
    ]),
    say((s) => [
      s.message({ type: 19, messageStreamId: 0, timestamp: 0, body: pattern(3) }, 3),
      s.video(0, Buffer.alloc(0)),
    ]),
  ];
}

function openings(): Buffer[] {
  const script = new EncoderScript();
  const hello = script.hello();
  const opening = [
    script.connect(),
    script.command('createStream', 2, null, []),
    script.publish(),
    script.video(0, pattern(200)),
  ];
  return [...opening, Buffer.concat(opening), hello, wholePublication().flight.subarray(0, 6 * KIB)];
}

/** Each input begins with the stage in which it is read. */
const sessionSeeds = (): Buffer[] => [
  ...flights().map((flight) => Buffer.concat([Buffer.from([3]), flight])),
  ...flights().map((flight) => Buffer.concat([Buffer.from([2]), new EncoderScript().publish(), flight])),
  ...openings().flatMap((bytes) => [0, 1, 2].map((stage) => Buffer.concat([Buffer.from([stage]), bytes]))),
];

const sessionBytes: FuzzTarget = {
  name: 'session-bytes',
  seeds: sessionSeeds,
  dictionary: SESSION_WORDS,
  maxInputBytes: 8 * KIB,
  maxAllocatedBytes: 24 * MIB,
  mayRefuse: false,
  run: (input) => {
    const prelude = PRELUDES[(input[0] ?? 0) % PRELUDES.length] ?? Buffer.alloc(0);
    const bytes = Buffer.concat([prelude, input.subarray(1)]);
    const whole = listen([Buffer.from(bytes)]);
    // The property tests cover cuts in the prelude.
    for (const [name, parts] of cutsOf(input.subarray(1))) {
      const split = listen([Buffer.from(prelude), ...parts]);
      demand(split.text === whole.text, () => `${name}: ${split.text}\nwhole: ${whole.text}`);
    }
    return whole.kinds;
  },
};

/** The outputs without acknowledgements, which depend on the reads. */
function listen(parts: readonly Buffer[]): { readonly text: string; readonly kinds: string } {
  const session = new Session({ limits: TIGHT_LIMITS });
  const { outputs, sent } = hear(session, parts);
  checkOrder(outputs, session);
  const replies = sent.length === 0 ? [] : messagesIn(sent, true).filter(({ type }) => type !== 3);
  const text = JSON.stringify(comparable([...outputs, ...replies]), (_key, value) =>
    value instanceof Map ? [...value] : value,
  );
  return { text, kinds: tally(outputs.map(describeOutput)) };
}

function describeOutput(output: SessionOutput): string {
  return output.kind === 'closed' ? `closed ${output.code} ` : output.kind;
}

function checkOrder(outputs: readonly SessionOutput[], session: Session): void {
  let mayPublish = false;
  for (const [at, output] of outputs.entries()) {
    switch (output.kind) {
      case 'publish-requested':
        demand(!mayPublish, () => 'a second publish request');
        mayPublish = true;
        break;
      case 'publish-ended':
        demand(mayPublish, () => 'what was not published has ended');
        mayPublish = false;
        break;
      case 'closed':
        demand(at === outputs.length - 1, () => 'something comes after the close');
        demand(CODE_PATTERN.test(output.code), () => `the code ${output.code}`);
        break;
      case 'audio':
      case 'video':
      case 'data':
        demand(mayPublish, () => `${output.kind} from somebody who publishes nothing`);
        break;
      default:
        break;
    }
  }
  demand(
    (session.state === 'closed') === (outputs.at(-1)?.kind === 'closed'),
    () => `state ${session.state} at the end`,
  );
}

/** An input of this target: the number of actions, the actions, the stage, the bytes that they divide. */
const sessionVerdicts: FuzzTarget = {
  name: 'session-verdicts',
  seeds: () => {
    const deeds = [
      [0, 255, 1, 255, 4, 0, 1, 255, 6, 0],
      [2, 255, 5, 0, 2, 255],
      [0, 40, 4, 0, 0, 10, 4, 0, 3, 255],
      [1, 255, 1, 255, 1, 255, 4, 0, 1, 255],
    ];
    const speeches = [...flights(), ...openings()].map((bytes) =>
      Buffer.concat([new EncoderScript().publish(), bytes]),
    );
    return deeds.flatMap((each) =>
      speeches.map((bytes) => Buffer.concat([Buffer.from([each.length / 2, ...each, 2]), bytes])),
    );
  },
  dictionary: SESSION_WORDS,
  maxInputBytes: 8 * KIB,
  maxAllocatedBytes: 4 * MIB,
  mayRefuse: false,
  run: (input) => {
    const feed = new InputFeed(input);
    const deeds = Array.from({ length: feed.u8() % 64 }, () => ({ kind: feed.u8() % 7, length: feed.u8() }));
    const stage = feed.u8() % 3;
    const judged = new JudgedSession();
    judged.receive(Buffer.from(PRELUDES[stage] ?? []));
    for (const { kind, length } of deeds) judged.act(kind, feed, length);
    judged.receive(Buffer.from(feed.rest()));
    return tally(judged.outputs.map(describeOutput));
  },
};

class JudgedSession {
  readonly outputs: SessionOutput[] = [];
  readonly #session = new Session({ limits: TIGHTEST_LIMITS });

  act(kind: number, feed: InputFeed, length: number): void {
    if (kind < 4) this.receive(Buffer.from(feed.bytes(length * 4 ** kind)));
    else if (kind === 4) this.#decide(() => this.#session.accept());
    else if (kind === 5)
      this.#decide(() => this.#session.reject({ code: 'NetStream.Publish.BadName', description: 'no' }));
    else if (length > 200) this.#take(this.#session.end());
  }

  receive(bytes: Buffer): void {
    const wasPending = this.#session.state === 'publish-pending';
    const outputs = this.#session.receive(bytes);
    bytes.fill(0xee);
    if (wasPending)
      demand(
        outputs.every(({ kind }) => kind === 'send' || kind === 'closed'),
        () => 'held bytes were read',
      );
    this.#take(outputs);
    while (this.#session.hasUnread) this.#take(this.#session.resume());
  }

  /** A verdict belongs to a pending request. Anywhere else it is the caller's fault, except just after a close. */
  #decide(verdict: () => readonly SessionOutput[]): void {
    const { state } = this.#session;
    if (state === 'publish-pending' || state === 'closed') {
      this.#take(verdict());
      while (this.#session.hasUnread) this.#take(this.#session.resume());
      return;
    }
    let code = 'none';
    try {
      verdict();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      code = error.code;
    }
    demand(
      code === 'no_publish_pending' && this.#session.state === state,
      () => `a verdict in state ${state}: ${code}`,
    );
  }

  #take(outputs: readonly SessionOutput[]): void {
    for (const output of outputs) if (output.kind !== 'send') this.outputs.push(output);
    checkOrder(this.outputs, this.#session);
  }
}

const CLIENT_OPTIONS = { app: 'live', tcUrl: 'rtmp://host/live', streamName: 'key' };

/** A real server's bytes to a client, write by write, up to the start of the publication. */
function serverFlights(): readonly Buffer[] {
  const server = new Session();
  const client = new PublishSession(CLIENT_OPTIONS);
  const all: Buffer[] = [];
  for (let toServer = client.start(); toServer.length > 0; ) {
    const { sent } = hear(server, [toServer]);
    if (sent.length > 0) all.push(sent);
    toServer = Buffer.concat(
      client.receive(Buffer.from(sent)).flatMap((each) => (each.kind === 'send' ? each.bytes : [])),
    );
  }
  return all;
}

const SERVER_FLIGHTS = serverFlights();

const clientSession: FuzzTarget = {
  name: 'client-session',
  seeds: () => {
    const farewell = Buffer.concat(
      [new Session()].flatMap((server) => {
        hear(server, [Buffer.concat([PRELUDES[3] ?? Buffer.alloc(0)])]);
        return server.end().flatMap((output) => (output.kind === 'send' ? output.bytes : []));
      }),
    );
    return SERVER_FLIGHTS.flatMap((_, stage) => [
      Buffer.concat([Buffer.from([stage]), ...SERVER_FLIGHTS.slice(stage)]),
      Buffer.concat([Buffer.from([stage]), ...SERVER_FLIGHTS.slice(stage), farewell]),
      Buffer.concat([Buffer.from([stage]), farewell]),
    ]);
  },
  dictionary: [
    ...SESSION_WORDS,
    ...textWords('\x02\0\x07_result', '\x02\0\x06_error', '\x02\0\x08onStatus', 'NetStream.Publish.Start'),
  ],
  maxInputBytes: 8 * KIB,
  maxAllocatedBytes: 24 * MIB,
  mayRefuse: false,
  run: (input) => {
    const stage = (input[0] ?? 0) % (SERVER_FLIGHTS.length + 1);
    const prelude = SERVER_FLIGHTS.slice(0, stage);
    const bytes = input.subarray(1);
    const whole = listenAsClient(prelude, [bytes]);
    for (const [name, parts] of cutsOf(bytes)) {
      const split = listenAsClient(prelude, parts);
      demand(split.text === whole.text, () => `${name}: ${split.text}\nwhole: ${whole.text}`);
    }
    return whole.kinds;
  },
};

function listenAsClient(
  prelude: readonly Buffer[],
  parts: readonly Buffer[],
): { readonly text: string; readonly kinds: string } {
  const client = new PublishSession(CLIENT_OPTIONS);
  client.start();
  const outputs = [...prelude, ...parts]
    .flatMap((part) => client.receive(Buffer.from(part)))
    .filter(({ kind }) => kind !== 'send');
  const last = outputs.findIndex(({ kind }) => kind === 'closed' || kind === 'rejected');
  demand(last === -1 || last === outputs.length - 1, () => 'something comes after the end');
  checkMedia(client, outputs.some(({ kind }) => kind === 'publish-started') && last === -1);
  return { text: JSON.stringify(outputs), kinds: tally(outputs.map(describeClientOutput)) };
}

function describeClientOutput(output: ClientOutput): string {
  return output.kind === 'closed' ? `closed ${output.code} ` : output.kind;
}

function checkMedia(client: PublishSession, isPublishing: boolean): void {
  let code = 'none';
  try {
    client.audio(5, pattern(10));
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    code = error.code;
  }
  demand(
    code === (isPublishing ? 'none' : 'not_publishing'),
    () => `media while publishing is ${isPublishing}: ${code}`,
  );
  client.end();
}

export const SESSION_TARGETS: readonly FuzzTarget[] = [sessionBytes, sessionVerdicts, clientSession];
