import { expect, test } from 'vitest';
import { addressGroup, NetworkList, plainAddress } from '../../server/address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['::FFFF:192.0.2.7', '192.0.2.7'],
  ['::ffff:c000:207', '192.0.2.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['unknown', 'unknown'],
])('the plain form of %s is %s', (address, plain) => {
  expect(plainAddress(address)).toBe(plain);
});

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
  ['2001:db8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
  ['2001:0DB8:0000:0001::2', '2001:db8:0:1::/64'],
  ['2001:db8:1:2:3::', '2001:db8:1:2::/64'],
  ['1::2:3:4:5:6:7', '1:0:2:3::/64'],
  ['::2:3:4:5:6:7:8', '0:2:3:4::/64'],
  ['::1', '0:0:0:0::/64'],
  ['64:ff9b::c000:201', '192.0.2.1'],
  ['2001:db8::192.0.2.1', '2001:db8:0:0::/64'],
  ['fe80::1', 'fe80::1'],
  ['fe80::2%eth0', 'fe80::2'],
  ['unknown', 'unknown'],
])('%s counts as %s', (address, group) => {
  expect(addressGroup(address)).toBe(group);
});

test('a list of networks knows blocks and single addresses of both versions', () => {
  const list = new NetworkList('127.0.0.0/8, ::1/128,192.0.2.7,2001:db8:1::/48');
  for (const address of ['127.9.9.9', '::1', '192.0.2.7', '::ffff:127.0.0.1', '2001:db8:1:ff::9'])
    expect(list.has(address), address).toBe(true);
  for (const address of ['128.0.0.1', '::2', '192.0.2.8', '2001:db8:2::1', 'fe80::1%eth0', 'unknown', ''])
    expect(list.has(address), address).toBe(false);
});

test('an empty list holds nobody, and /0 holds everybody of its version', () => {
  expect(new NetworkList(' ').has('127.0.0.1')).toBe(false);
  expect(new NetworkList('0.0.0.0/0').has('203.0.113.5')).toBe(true);
  expect(new NetworkList('0.0.0.0/0').has('2001:db8::1')).toBe(false);
});

test.each([
  'banana',
  '10.0.0.0/33',
  '::/129',
  '10.0.0.0/x',
  '10.0.0.0/',
  '1.2.3.4/8/9',
  'fe80::1%eth0',
  '10/8',
])('the network %s is refused by its name', (block) => {
  expect(() => new NetworkList(`127.0.0.0/8,${block}`)).toThrowError(`"${block}" is not a network`);
});
