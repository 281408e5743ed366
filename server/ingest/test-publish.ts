// A publish with `?test=1`: it is judged and cannot be watched. It gets a name of its own that cannot be guessed, so that it takes
// nothing from the stream of its key, and so that its report can be shared by a link.

import { randomBytes } from 'node:crypto';
import type { PublishVerdict } from '../live/authorizer.ts';

/** RFC 4648 clause 6, in small letters: safe in an address, and read aloud without case. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
/** 100 bits. */
const ID_CHARACTERS = 20;
const PREFIX = 'test-';

/** The public name that the key has, and the address of the report. */
export type TestPublish = { readonly of: string; readonly reportUrl: string };

/** A verdict; with `test` the name is that of the test. */
export type PublishGrant = PublishVerdict & { readonly test?: TestPublish };

/** Whether the query of a publish request asks for a test. */
export function asksForTest(query: string): boolean {
  return new URLSearchParams(query).get('test') === '1';
}

/** The page that shows the report. */
export function testReportPath(id: string): string {
  return `/tests/${id}`;
}

/** What the encoder is told; programs such as ffmpeg show it in their log. */
export function testWelcome({ reportUrl }: TestPublish): string {
  return `This is a test: nobody can watch it. Its report: ${reportUrl}`;
}

/** Turns an allowed publish into a test of the same terms. */
export function testGrant(verdict: PublishVerdict, reportUrlOf: (id: string) => string): PublishGrant {
  if (verdict.kind === 'denied') return verdict;
  const id = newTestId();
  return { ...verdict, name: id, test: { of: verdict.name, reportUrl: reportUrlOf(id) } };
}

function newTestId(): string {
  return PREFIX + [...randomBytes(ID_CHARACTERS)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}
