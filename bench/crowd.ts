// A crowd in one process: so many connections that all ask for the same and wait for it, and when each of them was answered.

import { connect, type Socket } from 'node:net';
import { percentile } from './statistics.ts';
import { answerCalls } from './worker.ts';

export type CrowdReport = {
  /** How many got which status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From the first answer's first byte to each one's, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Epoch milliseconds of the last. */
  readonly lastAtMs: number;
};

export type CrowdCalls = {
  /** Opens the connections; resolves when all stand. */
  readonly gather: {
    readonly request: { readonly port: number; readonly count: number };
    readonly reply: undefined;
  };
  /** All ask for `path`; resolves when the last request has been handed to the system. */
  readonly ask: { readonly request: { readonly path: string }; readonly reply: undefined };
  /** Resolves when all have been answered to the last byte. */
  readonly answers: { readonly request: undefined; readonly reply: CrowdReport };
};

/** Connections opened at a time: more would overflow the listener's queue. */
const OPENING = 200;
const END_OF_HEAD = '\r\n\r\n';

type Member = { readonly socket: Socket; firstAtMs: number; text: string; isAnswered: boolean };

const members: Member[] = [];
let answered = 0;
let onAll: () => void = () => undefined;

answerCalls<CrowdCalls>({
  gather: async ({ port, count }) => {
    while (members.length < count) {
      const size = Math.min(OPENING, count - members.length);
      members.push(...(await Promise.all(Array.from({ length: size }, () => join(port)))));
    }
    return undefined;
  },
  ask: async ({ path }) => {
    answered = 0;
    const request = `GET ${path} HTTP/1.1\r\nhost: x\r\naccept-encoding: gzip\r\n\r\n`;
    await Promise.all(
      members.map((member) => {
        member.text = '';
        member.isAnswered = false;
        return new Promise((resolve) => member.socket.write(request, resolve));
      }),
    );
    return undefined;
  },
  answers: async () => {
    if (answered < members.length) await new Promise<void>((resolve) => (onAll = resolve));
    return report();
  },
});

function join(port: number): Promise<Member> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const member: Member = { socket, firstAtMs: 0, text: '', isAnswered: true };
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.on('error', () => socket.destroy());
      resolve(member);
    });
    socket.on('data', (bytes) => hear(member, bytes));
  });
}

function hear(member: Member, bytes: Buffer): void {
  if (member.isAnswered) return;
  if (member.text === '') member.firstAtMs = performance.now();
  member.text += bytes.toString('latin1');
  const head = member.text.indexOf(END_OF_HEAD);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(member.text)?.[1]);
  if (head < 0 || member.text.length < head + END_OF_HEAD.length + length) return;
  member.isAnswered = true;
  answered += 1;
  if (answered === members.length) onAll();
}

function report(): CrowdReport {
  const firstMs = members.reduce((least, { firstAtMs }) => Math.min(least, firstAtMs), Infinity);
  const times = members.map(({ firstAtMs }) => firstAtMs - firstMs);
  const statuses: Record<string, number> = {};
  for (const { text } of members) {
    const status = text.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  const maxMs = percentile(times, 1);
  return {
    statuses,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    maxMs,
    lastAtMs: performance.timeOrigin + firstMs + maxMs,
  };
}
