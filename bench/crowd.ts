// Many connections in one process that request the same and wait, and the time of each answer.

import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from './statistics.ts';
import { answerCalls } from './worker.ts';

export type CrowdReport = {
  /** Number of answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** From the first byte of the first answer to that of each answer, milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Epoch milliseconds of the last. */
  readonly lastAtMs: number;
};

export type CrowdCalls = {
  /** Opens the connections; resolves when all are open. */
  readonly gather: {
    readonly request: { readonly port: number; readonly count: number };
    readonly reply: undefined;
  };
  /** Sends a request for `path` on all; resolves when the system has the last one. */
  readonly ask: { readonly request: { readonly path: string }; readonly reply: undefined };
  /** Resolves when all answers are complete. */
  readonly answers: { readonly request: undefined; readonly reply: CrowdReport };
};

/** Connections opened at the same time; more would overflow the listener's queue. */
const OPENING = 200;
const POLL_MS = 10;
const END_OF_HEAD = '\r\n\r\n';

/** Answers are parsed after all have arrived, so that parsing is not measured. */
type Member = { readonly socket: Socket; firstAtMs: number; chunks: Buffer[] };

const members: Member[] = [];
let answered = 0;
let onFirstOfAll: () => void = () => undefined;

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
        member.chunks = [];
        member.firstAtMs = 0;
        return new Promise((resolve) => member.socket.write(request, resolve));
      }),
    );
    return undefined;
  },
  answers: async () => {
    if (answered < members.length) await new Promise<void>((resolve) => (onFirstOfAll = resolve));
    while (!members.every(isWhole)) await delay(POLL_MS);
    return report();
  },
});

function join(port: number): Promise<Member> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const member: Member = { socket, firstAtMs: 0, chunks: [] };
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.on('error', () => socket.destroy());
      resolve(member);
    });
    socket.on('data', (bytes) => hear(member, bytes));
  });
}

function hear(member: Member, bytes: Buffer): void {
  member.chunks.push(bytes);
  if (member.firstAtMs > 0) return;
  member.firstAtMs = performance.now();
  answered += 1;
  if (answered === members.length) onFirstOfAll();
}

function textOf({ chunks }: Member): string {
  return Buffer.concat(chunks).toString('latin1');
}

function isWhole(member: Member): boolean {
  const text = textOf(member);
  const head = text.indexOf(END_OF_HEAD);
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(text)?.[1]);
  return head >= 0 && text.length >= head + END_OF_HEAD.length + length;
}

function report(): CrowdReport {
  const firstMs = members.reduce((least, { firstAtMs }) => Math.min(least, firstAtMs), Infinity);
  const times = members.map(({ firstAtMs }) => firstAtMs - firstMs);
  const statuses: Record<string, number> = {};
  for (const member of members) {
    const status = textOf(member).slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length);
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
