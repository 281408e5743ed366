// Finds the process that uses a TCP port in Linux's /proc. It finds none on other systems and for other users' processes.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';

/** TCP_LISTEN in net/tcp_states.h of the kernel. */
const LISTENING = '0A';

export type PortHolder = { readonly pid: number; readonly name: string };

/** The process that listens on `port`; undefined if it cannot be found. */
export function portHolder(port: number, proc = '/proc'): PortHolder | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listeningInodes(port, `${proc}/net/${table}`)));
  if (sockets.size === 0) return undefined;
  const pids = entriesOf(proc).filter((name) => /^\d+$/.test(name));
  const pid = pids.find((each) => holdsAny(`${proc}/${each}/fd`, sockets));
  return pid === undefined ? undefined : { pid: Number(pid), name: nameOf(`${proc}/${pid}`) };
}

/** Inodes of sockets that listen on the port. Columns: sl, local_address, rem_address, st, …, the tenth is the inode. */
function listeningInodes(port: number, table: string): string[] {
  return textOf(table)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, local = '', , state]) =>
        state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port,
    )
    .map((columns) => columns[9] ?? '');
}

function holdsAny(folder: string, inodes: ReadonlySet<string>): boolean {
  return entriesOf(folder).some((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`${folder}/${fd}`))?.[1];
    return inode !== undefined && inodes.has(inode);
  });
}

/** `node main.js` says more than `node`; other programs are known by their own name. */
function nameOf(folder: string): string {
  const [program = '', script] = textOf(`${folder}/cmdline`).split('\0');
  const name = path.basename(program) || textOf(`${folder}/comm`).trim() || 'unknown';
  const isInterpreter = /^(?:node|python3?|ruby|perl|java|bash|sh)$/.test(name);
  return isInterpreter && script !== undefined && /^[^-]/.test(script)
    ? `${name} ${path.basename(script)}`
    : name;
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOf(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
