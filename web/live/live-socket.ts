// The client of `WS /ws/v1`: follows any number of topics on one WebSocket, for pages and for other programs (`sluice/live`). It
// subscribes again after a lost connection, and asks for a new snapshot when messages were left out.
import type {
  DetailMessage,
  EventMessage,
  IssueMessage,
  RejectedMessage,
  SegmentMessage,
  ServerMessageTick,
  ServerSnapshotMessage,
  SnapshotMessage,
  StreamsMessage,
  ViewersMessage,
} from '../../server/stats/operator-message.ts';
import type { ErrorMessage, StatusMessage, TickMessage, Topic } from '../../server/stats/stats-message.ts';
import type { LiveMessage } from './server-message.ts';
import { SocketLink } from './socket-link.ts';

/** What arrives for each topic. */
export type TopicMessages = {
  status: StatusMessage;
  stream: TickMessage;
  /** Once a second. */
  streams: StreamsMessage;
  /** A snapshot first, then one tick a second, and each refused publish. */
  server: ServerSnapshotMessage | ServerMessageTick | RejectedMessage;
  /** A snapshot first, then one `detail` a second, and each segment, issue and event; viewers every three seconds. */
  detail: SnapshotMessage | DetailMessage | SegmentMessage | IssueMessage | EventMessage | ViewersMessage;
};

/** Topics of one stream have its name. */
export type TopicName<Kind extends Topic> = Kind extends 'status' | 'stream' | 'detail'
  ? { readonly name: string }
  : { readonly name?: undefined };

export type FollowOptions<Kind extends Topic> = TopicName<Kind> & {
  /** For `status` and `stream` a playback token, where the stream is signed; for the others an admin token, where there are any. */
  readonly token?: string | undefined;
  readonly onMessage: (message: TopicMessages[Kind]) => void;
  /** The gateway refuses the subscription, or has ended it. `renew` tries again. */
  readonly onError?: (error: ErrorMessage) => void;
};

/** One followed topic. */
export type Follow = {
  /** Subscribes again, with another token. */
  renew(token: string | undefined): void;
  stop(): void;
};

export type LiveSocketOptions = {
  /** Absolute address: `wss://HOST/ws/v1`, with the path prefix of the gateway. */
  readonly url: string;
  /** Called when the link begins and ends to work. */
  readonly onLink?: (isUp: boolean) => void;
};

type Subject =
  | { readonly topic: 'status' | 'stream' | 'detail'; readonly name: string }
  | { readonly topic: 'streams' | 'server' };

type Entry = {
  readonly key: string;
  readonly subject: Subject;
  token: string | undefined;
  /** Refused: nothing is asked until there is another token. */
  isRefused: boolean;
  /** The number of the last message in sequence. */
  seq: number | undefined;
  /** It has got a snapshot: nothing before that means anything. */
  hasBegun: boolean;
  readonly onMessage: (message: never) => void;
  readonly onError: ((error: ErrorMessage) => void) | undefined;
};

/** Messages with a snapshot before them: a gap in their numbers means that some were left out. */
const IN_SEQUENCE: readonly LiveMessage['op'][] = ['detail', 'server'];
const SNAPSHOTS: readonly LiveMessage['op'][] = ['snapshot', 'serverSnapshot'];
const WITH_SNAPSHOT: readonly Topic[] = ['detail', 'server'];

export class LiveSocket {
  readonly #link: SocketLink;
  readonly #entries = new Set<Entry>();
  readonly #onLink: (isUp: boolean) => void;
  #isUp = false;
  #isStarted = false;

  constructor({ url, onLink = () => {} }: LiveSocketOptions) {
    this.#onLink = onLink;
    this.#link = new SocketLink({
      url,
      onOpen: () => this.#opened(),
      onMessage: (message) => this.#receive(message),
      onDown: () => this.#tell(false),
      awaitsAnswer: () =>
        [...this.#entries].some(({ subject, isRefused }) => !isRefused && subject.topic !== 'stream'),
    });
  }

  /** The gateway's clock minus this one, milliseconds; undefined until it is known. */
  get skewMs(): number | undefined {
    return this.#link.skew.skewMs;
  }

  /** Follows a topic. The first one opens the WebSocket. */
  follow<Kind extends Topic>(topic: Kind, options: FollowOptions<Kind>): Follow {
    const { name, token, onMessage, onError } = options;
    const key = name === undefined ? topic : `${topic}:${name}`;
    const subject = (name === undefined ? { topic } : { topic, name }) as Subject;
    const entry: Entry = {
      key,
      subject,
      token,
      isRefused: false,
      seq: undefined,
      hasBegun: false,
      onMessage,
      onError,
    };
    this.#entries.add(entry);
    if (!this.#isStarted) this.#link.open();
    this.#isStarted = true;
    this.#subscribe(entry);
    return {
      renew: (next) => {
        entry.token = next;
        entry.isRefused = false;
        if (this.#entries.has(entry)) this.#subscribe(entry);
      },
      stop: () => {
        if (!this.#entries.delete(entry) || this.#of(key).length > 0) return;
        this.#link.send({ op: 'unsub', ...subject });
      },
    };
  }

  /** Ends the connection and all subscriptions. */
  close(): void {
    this.#entries.clear();
    this.#link.close();
    this.#tell(false);
  }

  #opened(): void {
    this.#tell(true);
    for (const entry of this.#entries) if (!entry.isRefused) this.#subscribe(entry);
  }

  #subscribe(entry: Entry): void {
    entry.seq = undefined;
    // Before the greeting nothing is sent: everything is subscribed after it.
    if (!this.#isUp) return;
    const { token } = entry;
    this.#link.send({ op: 'sub', ...entry.subject, ...(token === undefined ? {} : { token }) });
  }

  #receive(message: LiveMessage): void {
    if (message.op === 'error') return this.#refuse(message);
    const topic = topicOf(message);
    if (topic === undefined) return;
    const key = 'name' in message && topic !== 'server' ? `${topic}:${message.name}` : topic;
    for (const entry of this.#of(key)) {
      // What was sent for another follower, before the snapshot of this one.
      entry.hasBegun ||= !WITH_SNAPSHOT.includes(topic) || SNAPSHOTS.includes(message.op);
      // The one before may have stopped this one.
      if (!entry.hasBegun || !this.#entries.has(entry)) continue;
      this.#count(entry, message);
      (entry.onMessage as (given: LiveMessage) => void)(message);
    }
  }

  /** After a gap, one new snapshot is asked for. */
  #count(entry: Entry, message: LiveMessage): void {
    if (!('seq' in message)) return;
    if (SNAPSHOTS.includes(message.op)) entry.seq = message.seq;
    if (!IN_SEQUENCE.includes(message.op) || entry.seq === undefined) return;
    const hasGap = message.seq > entry.seq + 1;
    entry.seq = message.seq;
    if (hasGap) this.#subscribe(entry);
  }

  #refuse(error: ErrorMessage): void {
    const { topic, name } = error;
    if (topic === undefined) return console.warn(`sluice: ${error.code}: ${error.message}`);
    for (const entry of this.#of(name === undefined ? topic : `${topic}:${name}`)) {
      entry.isRefused = true;
      entry.onError?.(error);
    }
  }

  #of(key: string): readonly Entry[] {
    return [...this.#entries].filter((entry) => entry.key === key);
  }

  #tell(isUp: boolean): void {
    if (isUp === this.#isUp) return;
    this.#isUp = isUp;
    this.#onLink(isUp);
  }
}

function topicOf({ op }: LiveMessage): Topic | undefined {
  switch (op) {
    case 'status':
      return 'status';
    case 'tick':
      return 'stream';
    case 'streams':
      return 'streams';
    case 'serverSnapshot':
    case 'server':
    case 'rejected':
      return 'server';
    case 'snapshot':
    case 'detail':
    case 'segment':
    case 'issue':
    case 'event':
    case 'viewers':
      return 'detail';
    default:
      return undefined;
  }
}
