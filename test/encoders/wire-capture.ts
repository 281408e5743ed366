// RTMP as another program reads it: tshark captures one connection on loopback and dissects it. Its result is compared,
// message by message, with the project's own reading of the bytes.
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ChunkReader } from '../../server/rtmp/chunk-reader.ts';
import { HANDSHAKE_PACKET_BYTES } from '../../server/rtmp/handshake-digest.ts';
import { DEFAULT_RTMP_LIMITS } from '../../server/rtmp/limits.ts';
import { MESSAGE_TYPE } from '../../server/rtmp/message.ts';
import { whenDone } from '../support/cleanup.ts';
import { runProcess, startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readPayloads } from './capture-file.ts';

/** One direction of the connection. */
export type WireSide = {
  /** tshark's name of each message, in order: `_result('NetConnection.Connect.Success')`. */
  readonly names: readonly string[];
  /** The longest time between two packets in which messages end, after the first ten, in milliseconds. */
  readonly longestGapMs?: number;
  /** tshark's text for packets that are malformed or contain an error. */
  readonly malformed: readonly string[];
};

export type Wire = {
  readonly gateway: WireSide;
  readonly encoder: WireSide;
  /** The encoder closed before it had read all replies, which resets the connection: later replies were never sent. */
  readonly isReset: boolean;
  /** Type ids of the gateway's messages, from the project's own reading of the same bytes. */
  readonly sentTypes: readonly number[];
};

export type WireCapture = {
  /** Stops the capture and dissects it. */
  readonly finish: () => Promise<Wire>;
  /** The capture, until the end of the test. */
  readonly file: string;
};

const TSHARK_TIMEOUT_MS = 120_000;
const FLUSH_TIMEOUT_MS = 10_000;
const POLL_MS = 50;
/** S0, S1 and S2. */
const SERVER_HANDSHAKE_BYTES = 1 + 2 * HANDSHAKE_PACKET_BYTES;
const FIELDS = ['tcp.srcport', 'frame.time_relative', '_ws.malformed', '_ws.expert.severity', '_ws.col.Info'];
/** From tshark's expert information. */
const SEVERITY_ERROR = '8388608';
/** Handshake, commands and the codecs: an encoder may start to encode only after them. */
const FIRST_PACKETS = 10;
/** tshark's text for a packet in which no message ends: `42192 → 36771 [ACK] …`. */
const TCP_SUMMARY = /^\d+ → \d+ /;

/** A packet in which RTMP messages end. */
type Row = {
  readonly port: number;
  readonly atMs: number;
  readonly isFaulty: boolean;
  /** Names of the messages, separated by |. */
  readonly info: string;
};

/** Resolves when every packet from now on is captured. Throws with dumpcap's message when it may not capture. */
export async function startCapture(rtmpPort: number): Promise<WireCapture> {
  const folder = temporaryFolder('wire');
  const file = path.join(folder, 'rtmp.pcapng');
  const filter = `tcp port ${rtmpPort} or udp port ${rtmpPort}`;
  const dumpcap = startProcess('dumpcap', ['-q', '-i', 'lo', '-f', filter, '-w', file]);
  dumpcap.child.stdout.resume();
  await untilCapturing(dumpcap);
  return {
    file,
    finish: async () => {
      await flush(file, rtmpPort);
      const { stderr } = await dumpcap.stop('SIGINT');
      const dropped = /received\/dropped on interface .*?: \d+\/(\d+)/.exec(stderr)?.[1];
      if (dropped !== '0') throw new Error(`the capture has holes (${dropped} packets):\n${stderr}`);
      return dissect(file, rtmpPort);
    },
  };
}

/** dumpcap prints the name of its file once the interface is open. */
async function untilCapturing(dumpcap: ReturnType<typeof startProcess>): Promise<void> {
  for await (const line of createInterface({ input: dumpcap.child.stderr })) {
    if (line.startsWith('File:')) {
      dumpcap.child.stderr.resume();
      return;
    }
  }
  throw new Error(`dumpcap cannot capture on loopback (it needs root, or CAP_NET_RAW):\n${dumpcap.stderr()}`);
}

/**
 * Packets still in the kernel are lost when dumpcap stops. A datagram sent now is captured after all earlier packets:
 * when the file contains it, the file is complete.
 */
async function flush(file: string, port: number): Promise<void> {
  const mark = randomBytes(16);
  const socket = createSocket('udp4');
  whenDone(() => void socket.close());
  socket.send(mark, port, '127.0.0.1');
  const deadline = Date.now() + FLUSH_TIMEOUT_MS;
  while (!(await readFile(file)).includes(mark)) {
    if (Date.now() > deadline) throw new Error(`the capture did not catch up within ${FLUSH_TIMEOUT_MS} ms`);
    await delay(POLL_MS);
  }
}

async function dissect(file: string, rtmpPort: number): Promise<Wire> {
  const rows = await readRows(file, rtmpPort);
  const payloads = [...readPayloads(await readFile(file), rtmpPort)];
  const sent = payloads.filter(({ isFromServer }) => isFromServer);
  return {
    gateway: sideOf(rows.filter(({ port }) => port === rtmpPort)),
    encoder: sideOf(rows.filter(({ port }) => port !== rtmpPort)),
    isReset: payloads.some(({ isFromServer, isReset }) => isReset && !isFromServer),
    sentTypes: readTypes(Buffer.concat(sent.map(({ bytes }) => bytes))),
  };
}

function sideOf(rows: readonly Row[]): WireSide {
  const times = rows.slice(FIRST_PACKETS).map(({ atMs }) => atMs);
  return {
    longestGapMs: times.reduce((most, time, at) => Math.max(most, time - (times[at - 1] ?? time)), 0),
    names: rows
      .flatMap(({ info }) => info.split('|'))
      .filter((name) => !name.startsWith('Handshake') && !TCP_SUMMARY.test(name)),
    malformed: rows.filter(({ isFaulty }) => isFaulty).map(({ info }) => info),
  };
}

async function readRows(file: string, rtmpPort: number): Promise<Row[]> {
  const decode = ['-d', `tcp.port==${rtmpPort},rtmpt`, '-Y', 'rtmpt || _ws.malformed'];
  const columns = FIELDS.flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', file, ...decode, '-T', 'fields', '-E', 'separator=/t', ...columns];
  const { stdout } = await runProcess('tshark', args, { timeoutMs: TSHARK_TIMEOUT_MS });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [port, seconds, malformed, severities = '', info = ''] = line.split('\t');
      const isFaulty = malformed !== '' || severities.split(',').includes(SEVERITY_ERROR);
      return { port: Number(port), atMs: Number(seconds) * 1000, isFaulty, info };
    });
}

/** The types of the gateway's messages after its handshake. Throws when the bytes are not whole messages. */
function readTypes(bytes: Buffer): number[] {
  const reader = new ChunkReader(DEFAULT_RTMP_LIMITS);
  reader.feed(bytes, SERVER_HANDSHAKE_BYTES, bytes.length);
  const types: number[] = [];
  for (let message = reader.next(); message !== undefined; message = reader.next()) {
    types.push(message.type);
    if (message.type === MESSAGE_TYPE.setChunkSize) reader.setChunkBytes(message.body.readUInt32BE(0));
  }
  if (reader.assemblingBytes > 0) throw new Error('the gateway closed in the middle of a message');
  return types;
}
