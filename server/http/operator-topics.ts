// The topics `streams`, `server` and `detail`: for operators, as operations of the API with the scope `read`. A subscription ends when
// its token is removed.

import { type ErrorCode, GatewayError } from '../errors.ts';
import type { EventLog } from '../event-log.ts';
import { guarded } from '../guard.ts';
import type { Logger } from '../log.ts';
import type { OperatorReceiver, OperatorSource } from '../stats/operator-feed.ts';
import type { OperatorMessage } from '../stats/operator-message.ts';
import type { OperatorTopic } from '../stats/stats-message.ts';
import type { AdminCaller, AdminGate, AdminRefusal } from './admin-gate.ts';
import { Broadcast } from './broadcast.ts';
import { Followers, type TopicKey, topicKey } from './followers.ts';
import type { SocketPeer } from './socket-peer.ts';
import { type Subscriber, tell, tellBroadcast } from './subscriber.ts';

export type OperatorTopicsOptions = {
  readonly gate: Pick<AdminGate, 'visitorOf' | 'admitVisitor' | 'refresh' | 'refusalOf'>;
  readonly source: OperatorSource;
  readonly refusals: Pick<EventLog, 'write'>;
  readonly log: Logger;
};

/** A subscription to one topic. */
export type OperatorSubject = { readonly topic: OperatorTopic; readonly name?: string };

type Follower = {
  readonly subscriber: Subscriber;
  readonly subject: OperatorSubject;
  readonly caller: AdminCaller;
  /** The subscription has ended, because of this refusal. */
  readonly onRefused: (refusal: AdminRefusal) => void;
};

const DETAIL = topicKey('detail', '');

export class OperatorTopics implements OperatorReceiver {
  readonly #options: OperatorTopicsOptions;
  readonly #followers = new Followers<Follower>();
  /** The same by subscriber. */
  readonly #bySubscriber = new Map<Subscriber, Map<TopicKey, Follower>>();

  constructor(options: OperatorTopicsOptions) {
    this.#options = options;
  }

  hasFollowers = (topic: OperatorTopic, name?: string): boolean => this.#followers.has(topicKey(topic, name));

  *followedNames(): Generator<string> {
    for (const key of this.#followers.keys()) if (key.startsWith(DETAIL)) yield key.slice(DETAIL.length);
  }

  publish(topic: OperatorTopic, name: string | undefined, message: OperatorMessage): void {
    const followers = this.#followers.of(topicKey(topic, name));
    if (followers === undefined) return;
    const broadcast = new Broadcast(message);
    for (const { subscriber } of followers) tellBroadcast(subscriber, broadcast, true);
  }

  /** Decides about a subscription of a WebSocket, and begins it. */
  subscribe(peer: SocketPeer, subject: OperatorSubject, token: string | undefined): void {
    const { gate, log } = this.#options;
    const key = topicKey(subject.topic, subject.name);
    peer.subscriptions.add(key);
    const decision = gate.admitVisitor(peer.visitor, token);
    peer.asked.set(key, decision);
    const refuse = (refusal: AdminRefusal): void => this.#refuse(peer, subject, refusal);
    const settle = (caller: AdminCaller | AdminRefusal): void => {
      // It has left or changed the subscription meanwhile.
      if (peer.asked.get(key) !== decision) return;
      peer.asked.delete(key);
      if ('code' in caller) refuse(caller);
      else this.follow({ subscriber: peer, subject, caller, onRefused: refuse });
    };
    void decision.then(guarded({ log, close: () => peer.drop() }, settle));
  }

  unsubscribe(peer: SocketPeer, key: TopicKey): void {
    peer.subscriptions.delete(key);
    peer.asked.delete(key);
    this.unfollow(peer, key);
  }

  /** Begins a subscription with its first message. */
  follow(follower: Follower): void {
    const { subscriber, subject } = follower;
    const key = topicKey(subject.topic, subject.name);
    this.unfollow(subscriber, key);
    this.#followers.add(key, follower);
    const own = this.#bySubscriber.get(subscriber);
    if (own === undefined) this.#bySubscriber.set(subscriber, new Map([[key, follower]]));
    else own.set(key, follower);
    tell(subscriber, JSON.stringify(this.#first(subject)));
  }

  unfollow(subscriber: Subscriber, key: TopicKey): void {
    const own = this.#bySubscriber.get(subscriber);
    const follower = own?.get(key);
    if (follower === undefined) return;
    this.#followers.remove(key, follower);
    own?.delete(key);
    if (own?.size === 0) this.#bySubscriber.delete(subscriber);
  }

  /** Called once a second: ends subscriptions whose token was removed. */
  check(): void {
    if (this.#bySubscriber.size === 0) return;
    const { gate, log } = this.#options;
    const endRefused = (): void => {
      for (const own of [...this.#bySubscriber.values()])
        for (const { caller, onRefused } of [...own.values()]) {
          const refusal = gate.refusalOf(caller);
          if (refusal !== undefined) onRefused(refusal);
        }
    };
    void gate.refresh().then(guarded({ log }, endRefused));
  }

  #refuse(peer: SocketPeer, subject: OperatorSubject, { code, detail }: AdminRefusal): void {
    const remote = peer.visitor.address;
    this.#options.refusals.write('warn', { code, remote }, 'subscription refused');
    this.unsubscribe(peer, topicKey(subject.topic, subject.name));
    peer.send({ op: 'error', code, message: detail ?? messageOf(code), ...subject });
  }

  #first({ topic, name = '' }: OperatorSubject): OperatorMessage {
    const { source } = this.#options;
    switch (topic) {
      case 'streams':
        return source.streams();
      case 'server':
        return source.server();
      case 'detail':
        return source.detail(name);
    }
  }
}

function messageOf(code: ErrorCode): string {
  return new GatewayError('invalid-state', code).message;
}
