// Which connection is closed when all places are taken: one that has not published, from the address with the most
// places.

import { expect, test } from 'vitest';
import { type Place, type PlaceOutcome, Places } from '../../../server/ingest/places.ts';
import { TlsHandshakes } from '../../../server/ingest/tls-handshakes.ts';
import { clockOf } from '../../support/clock.ts';

/** A set of places, and the list of connections that were closed to free one. */
function placesFor(maxConnections: number, maxConnectionsPerAddress = 50) {
  let now = 0;
  const gone: string[] = [];
  const places = new Places(
    { maxConnections, maxConnectionsPerAddress },
    clockOf(() => now),
  );
  const admit = (address: string, name = address): PlaceOutcome =>
    places.admit(address, () => gone.push(name));
  const enter = (address: string, name = address): Place => {
    const admission = admit(address, name);
    if (admission.kind === 'refused') throw new Error(admission.code);
    return admission.place;
  };
  const pass = (ms: number): void => {
    now += ms;
  };
  return { places, gone, admit, enter, pass };
}

test('IPv6 connections are counted by /64', () => {
  const { admit } = placesFor(1_000, 50);
  const codes = Array.from({ length: 300 }, (_, at) => admit(`2001:db8:0:1::${(at + 1).toString(16)}`).kind);
  expect(codes.filter((kind) => kind === 'admitted')).toHaveLength(50);
  expect(admit('2001:db8:0:2::1').kind).toBe('admitted');
  expect(admit('::ffff:192.0.2.1').kind).toBe('admitted');
});

test('27 addresses that hold all places do not keep an encoder out', () => {
  const { enter, admit, gone } = placesFor(1_000);
  for (let at = 0; at < 900; at += 1) enter(`192.0.2.${at % 27}`, `flood ${at}`);
  // The flood itself is refused: it has no priority over existing connections.
  expect(admit('192.0.2.26')).toEqual({ kind: 'refused', code: 'too_many_connections' });
  expect(gone).toEqual([]);
  enter('198.51.100.1');
  expect(gone).toEqual(['flood 0']);
  enter('198.51.100.2');
  expect(gone).toHaveLength(2);
});

test('who publishes is never made to give way', () => {
  const { places, enter, admit, gone } = placesFor(4);
  for (let at = 0; at < 4; at += 1) places.notePublished(enter(`10.0.0.${at}`));
  expect(admit('10.0.0.9')).toEqual({ kind: 'refused', code: 'too_many_connections' });
  expect(gone).toEqual([]);
});

test('a part of the places is kept for addresses that have published lately', () => {
  const { places, enter, admit, pass, gone } = placesFor(20);
  const encoder = enter('10.0.0.1');
  places.notePublished(encoder);
  places.release(encoder);
  for (let at = 0; at < 18; at += 1) enter(`192.0.2.${at}`);
  expect(admit('192.0.2.0').kind).toBe('refused');
  enter('10.0.0.1');
  expect(gone).toEqual([]);
  pass(3_600_000);
  expect(admit('10.0.0.1').kind).toBe('admitted');
  expect(gone).toEqual(['192.0.2.0']);
});

test('one that publishes in a full house stays, one that left frees its place', () => {
  const { places, enter, admit, gone } = placesFor(2);
  const first = enter('192.0.2.1', 'first');
  const second = enter('192.0.2.1', 'second');
  places.notePublished(first);
  enter('192.0.2.2', 'third');
  expect(gone).toEqual(['second']);
  places.release(second);
  places.release(first);
  places.release(first);
  expect(admit('192.0.2.1').kind).toBe('admitted');
});

test('counts stay right over any coming and going', () => {
  const { places, gone, admit } = placesFor(50, 8);
  const inside: Place[] = [];
  let seed = 1;
  const below = (limit: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
  for (let step = 0; step < 20_000; step += 1) {
    const address = `10.0.${below(4)}.${below(12)}`;
    const choice = below(10);
    if (choice < 6) {
      const admission = admit(address);
      if (admission.kind === 'admitted') inside.push(admission.place);
    } else {
      const place = inside[below(Math.max(1, inside.length))];
      if (place === undefined) continue;
      if (choice < 7 && !place.isReleased) places.notePublished(place);
      else places.release(place);
    }
    const open = inside.filter(({ isReleased }) => !isReleased);
    inside.splice(0, inside.length, ...open);
    expect(open.length).toBeLessThanOrEqual(50);
  }
  expect(gone.length).toBeGreaterThan(0);
  for (const place of inside) places.release(place);
  const all = Array.from({ length: 50 }, (_, at) => admit(`198.51.100.${at}`).kind);
  expect(all.filter((kind) => kind === 'admitted').length).toBeGreaterThanOrEqual(45);
});

test('TLS handshakes are counted in all and per address, until they end', () => {
  const handshakes = new TlsHandshakes({ maxTlsHandshakes: 3, maxTlsHandshakesPerAddress: 2 });
  const first = handshakes.begin('2001:db8::1');
  expect(handshakes.begin('2001:db8::2')).toBeTypeOf('function');
  expect(handshakes.begin('2001:db8::3')).toBe('too_many_handshakes_from_address');
  expect(handshakes.begin('192.0.2.1')).toBeTypeOf('function');
  expect(handshakes.begin('192.0.2.2')).toBe('too_many_handshakes');
  for (const end of [first, first]) if (typeof end === 'function') end();
  expect(handshakes.begin('2001:db8::3')).toBeTypeOf('function');
  expect(handshakes.begin('192.0.2.2')).toBe('too_many_handshakes');
  expect(handshakes.count).toBe(3);
});
