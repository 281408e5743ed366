// Who follows what, by key: `status:NAME` or `streams`.

import type { Topic } from '../stats/stats-message.ts';

export type TopicKey = string;

export function topicKey(topic: Topic, name: string | undefined): TopicKey {
  return name === undefined ? topic : `${topic}:${name}`;
}

export class Followers<Follower> {
  readonly #byKey = new Map<TopicKey, Set<Follower>>();

  add(key: TopicKey, follower: Follower): void {
    const present = this.#byKey.get(key);
    if (present === undefined) this.#byKey.set(key, new Set([follower]));
    else present.add(follower);
  }

  remove(key: TopicKey, follower: Follower): void {
    const present = this.#byKey.get(key);
    present?.delete(follower);
    if (present?.size === 0) this.#byKey.delete(key);
  }

  has(key: TopicKey): boolean {
    return this.#byKey.has(key);
  }

  of(key: TopicKey): ReadonlySet<Follower> | undefined {
    return this.#byKey.get(key);
  }

  keys(): Iterable<TopicKey> {
    return this.#byKey.keys();
  }
}
