// The topics `status` and `stream`: as public as the playlists. For a signed stream each message needs a valid playback token.

import type { PlaybackRefusal, PlaybackVerdict } from '../access/playback-verdict.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { ServerMessage, StatsTopic, StatusMessage } from '../stats/stats-message.ts';
import type { Admission } from './admission.ts';
import { Broadcast } from './broadcast.ts';
import { Followers, type TopicKey, topicKey } from './followers.ts';
import type { PlaybackDoor } from './playback-door.ts';
import type { SocketPeer } from './socket-peer.ts';
import { tellBroadcast } from './subscriber.ts';

export type ViewerTopicsOptions = {
  /** The current state of any name, also of one that nobody publishes. */
  readonly status: (name: string) => StatusMessage;
  /** Absent if every stream is public. */
  readonly playback?: PlaybackDoor;
  readonly admission: Pick<Admission, 'denied'>;
  readonly log: Logger;
};

type ViewerSubscription = {
  readonly topic: StatsTopic;
  readonly name: string;
  readonly token?: string | undefined;
};

export class ViewerTopics {
  readonly #options: ViewerTopicsOptions;
  readonly #followers = new Followers<SocketPeer>();

  constructor(options: ViewerTopicsOptions) {
    this.#options = options;
  }

  hasFollowers(topic: StatsTopic, name: string): boolean {
    return this.#followers.has(topicKey(topic, name));
  }

  /** Sends one message to all subscribers of a topic; slow ones miss it if it `maySkip`. */
  publish(topic: StatsTopic, message: Extract<ServerMessage, { name: string }>, maySkip: boolean): void {
    const { name } = message;
    const followers = this.#followers.of(topicKey(topic, name));
    if (followers === undefined) return;
    const broadcast = new Broadcast(message);
    const isSigned = this.#options.playback?.isSigned(name) === true;
    for (const peer of followers) {
      if (isSigned && !this.#decide(peer, topic, name)) continue;
      tellBroadcast(peer, broadcast, maySkip);
    }
  }

  subscribe(peer: SocketPeer, { topic, name, token }: ViewerSubscription): void {
    const key = topicKey(topic, name);
    peer.subscriptions.add(key);
    if (this.#options.playback?.isSigned(name) !== true) return this.#follow(peer, topic, name);
    peer.tokens.set(key, token ?? '');
    peer.asked.delete(key);
    if (this.#decide(peer, topic, name)) this.#follow(peer, topic, name);
  }

  unsubscribe(peer: SocketPeer, key: TopicKey): void {
    peer.subscriptions.delete(key);
    peer.tokens.delete(key);
    peer.asked.delete(key);
    this.#followers.remove(key, peer);
  }

  /**
   * Whether a peer may get messages about a signed stream now: its token is checked again each time, because it expires and secrets
   * are replaced. If a JWT has to be checked first, the subscription begins (again) after that.
   */
  #decide(peer: SocketPeer, topic: StatsTopic, name: string): boolean {
    const { playback, log } = this.#options;
    const key = topicKey(topic, name);
    if (playback === undefined || peer.asked.has(key)) return false;
    const verdict = playback.check(name, peer.tokens.get(key), peer.client);
    if (!(verdict instanceof Promise)) {
      if (verdict.kind === 'refused') this.#refuse(peer, topic, name, verdict);
      return verdict.kind === 'allowed';
    }
    peer.asked.set(key, verdict);
    const settle = (awaited: PlaybackVerdict): void => {
      // It has left or changed the subscription meanwhile.
      if (peer.asked.get(key) !== verdict) return;
      peer.asked.delete(key);
      if (awaited.kind === 'refused') this.#refuse(peer, topic, name, awaited);
      else this.#follow(peer, topic, name);
    };
    void verdict.then(guarded({ log, close: () => peer.drop() }, settle));
    return false;
  }

  #refuse(peer: SocketPeer, topic: StatsTopic, name: string, { code, message }: PlaybackRefusal): void {
    const key = topicKey(topic, name);
    // The keys cannot be loaded now: a subscription waits until they can.
    if (code === 'playback_token_unchecked' && this.#followers.of(key)?.has(peer) === true) return;
    this.#options.admission.denied(code, peer.client);
    this.unsubscribe(peer, key);
    peer.send({ op: 'error', code, message, topic, name });
  }

  #follow(peer: SocketPeer, topic: StatsTopic, name: string): void {
    this.#followers.add(topicKey(topic, name), peer);
    if (topic === 'status') peer.send(this.#options.status(name));
  }
}
