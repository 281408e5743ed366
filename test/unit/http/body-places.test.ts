// Places for bodies: a few slow addresses do not keep others out.
import { expect, test } from 'vitest';
import { NetworkList } from '../../../server/address.ts';
import { BodyPlaces } from '../../../server/http/body-places.ts';
import { PeerGroups } from '../../../server/peer-rates.ts';

function newPlaces(max: number, maxPerAddress: number) {
  const places = new BodyPlaces(new PeerGroups(new NetworkList('127.0.0.0/8')), max, maxPerAddress);
  const ended: string[] = [];
  const take = (address: string, name = address) => places.take(address, () => void ended.push(name));
  return { places, ended, take };
}

test('ten slow addresses hold all places, and the oldest body of the fullest one gives way to others', () => {
  const { places, ended, take } = newPlaces(500, 50);
  for (let body = 0; body < 50; body += 1)
    for (let peer = 0; peer < 10; peer += 1)
      expect(take(`192.0.2.${peer}`, `${peer}-${body}`)).toBeTypeOf('function');
  expect(take('192.0.2.1')).toBe('per_address');
  for (let viewer = 0; viewer < 30; viewer += 1) expect(take(`198.51.100.${viewer}`)).toBeTypeOf('function');
  expect(ended).toHaveLength(30);
  expect(new Set(ended.map((name) => name.split('-')[0])).size).toBe(10);
  expect(ended.slice(0, 2)).toEqual(['0-0', '1-0']);
  expect(places.count).toBe(500);
});

test('an address does not end bodies of others that have no more than it', () => {
  const { ended, take } = newPlaces(4, 4);
  for (const peer of [1, 2]) for (let body = 0; body < 2; body += 1) take(`192.0.2.${peer}`);
  expect(take('192.0.2.1')).toBe('in_all');
  expect(ended).toEqual([]);
  expect(take('192.0.2.3')).toBeTypeOf('function');
  expect(ended).toEqual(['192.0.2.1']);
});

test('behind an exempt proxy the slowest body gives way', () => {
  const { ended, take } = newPlaces(2, 1);
  for (const name of ['first', 'second', 'third']) expect(take('127.0.0.1', name)).toBeTypeOf('function');
  expect(ended).toEqual(['first']);
});

test('a place is released once', () => {
  const { places, take } = newPlaces(2, 2);
  const leave = take('192.0.2.1');
  take('192.0.2.1');
  for (let times = 0; times < 2; times += 1) if (typeof leave === 'function') leave();
  expect(places.count).toBe(1);
});
