// The wire as a third party reads it: tshark captures one RTMP connection on loopback and dissects it. What it found is
// compared, message by message, with what the bytes hold by our own reading.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ChunkReader } from '../../server/rtmp/chunk-reader.ts';
import { HANDSHAKE_PACKET_BYTES } from '../../server/rtmp/handshake-digest.ts';
import { DEFAULT_RTMP_LIMITS } from '../../server/rtmp/limits.ts';
import { MESSAGE_TYPE } from '../../server/rtmp/message.ts';
import { whenDone } from '../support/cleanup.ts';
import { runProcess, startProcess } from '../support/running-process.ts';

/** One direction of the connection. */
export type WireSide = {
  /** Type ids of all messages, in order, as tshark dissects them. */
  readonly types: readonly number[];
  /** What tshark calls each of them, in order: `_result('NetConnection.Connect.Success')`. */
  readonly names: readonly string[];
  /** Packets that tshark calls malformed, or of whose RTMP it says that it is an error. */
  readonly malformed: readonly string[];
};

export type Wire = {
  readonly gateway: WireSide;
  readonly encoder: WireSide;
  /** Type ids of the gateway's messages by our own reading of the same bytes. */
  readonly sentTypes: readonly number[];
};

export type WireCapture = { readonly finish: () => Promise<Wire> };

const TSHARK_TIMEOUT_MS = 120_000;
/** S0, S1 and S2. */
const SERVER_HANDSHAKE_BYTES = 1 + 2 * HANDSHAKE_PACKET_BYTES;
/** Expert information of severity "error" (the dissector's own scale). */
const FAULTS = '_ws.malformed || (rtmpt && _ws.expert.severity == 8388608)';

/** Resolves when every packet from now on is kept. Throws with dumpcap's words when it may not capture. */
export async function startCapture(rtmpPort: number): Promise<WireCapture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sluice-wire-'));
  whenDone(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'rtmp.pcapng');
  const dumpcap = startProcess('dumpcap', ['-q', '-i', 'lo', '-f', `tcp port ${rtmpPort}`, '-w', file]);
  dumpcap.child.stdout.resume();
  await untilCapturing(dumpcap);
  return {
    finish: async () => {
      const { stderr } = await dumpcap.stop('SIGINT');
      const dropped = /received\/dropped on interface .*?: \d+\/(\d+)/.exec(stderr)?.[1];
      if (dropped !== '0') throw new Error(`the capture has holes (${dropped} packets):\n${stderr}`);
      return dissect(file, rtmpPort);
    },
  };
}

/** dumpcap names its file once the interface is open. */
async function untilCapturing(dumpcap: ReturnType<typeof startProcess>): Promise<void> {
  for await (const line of createInterface({ input: dumpcap.child.stderr })) {
    if (line.startsWith('File:')) {
      dumpcap.child.stderr.resume();
      return;
    }
  }
  throw new Error(`dumpcap cannot capture on loopback (it needs root, or CAP_NET_RAW):\n${dumpcap.stderr()}`);
}

async function dissect(file: string, rtmpPort: number): Promise<Wire> {
  const rows = await readFields(file, rtmpPort, 'rtmpt', [
    ...['tcp.srcport', 'rtmpt.header.typeid', '_ws.col.Info'],
  ]);
  const faults = await readFields(file, rtmpPort, FAULTS, ['tcp.srcport', 'frame.number', '_ws.col.Info']);
  const sent = `tcp.srcport == ${rtmpPort} && tcp.len > 0 && !tcp.analysis.retransmission`;
  const payloads = await readFields(file, rtmpPort, sent, ['tcp.payload']);
  const isGateway = ([port]: readonly string[]): boolean => port === String(rtmpPort);
  const isEncoder = (row: readonly string[]): boolean => !isGateway(row);
  return {
    gateway: sideOf(rows.filter(isGateway), faults.filter(isGateway)),
    encoder: sideOf(rows.filter(isEncoder), faults.filter(isEncoder)),
    sentTypes: readTypes(Buffer.from(payloads.map(([hex = '']) => hex).join(''), 'hex')),
  };
}

function sideOf(rows: readonly (readonly string[])[], faults: readonly (readonly string[])[]): WireSide {
  // A packet of the handshake has no message.
  const messages = rows.filter(([, types = '']) => types !== '');
  return {
    types: messages.flatMap(([, types = '']) => types.split(',').map(Number)),
    names: messages.flatMap(([, , info = '']) => info.split('|')),
    malformed: faults.map(([, frame, info]) => `packet ${frame}: ${info}`),
  };
}

async function readFields(
  file: string,
  rtmpPort: number,
  filter: string,
  fields: readonly string[],
): Promise<string[][]> {
  const decode = ['-d', `tcp.port==${rtmpPort},rtmpt`, '-Y', filter];
  const columns = fields.flatMap((field) => ['-e', field]);
  const args = ['-n', '-r', file, ...decode, '-T', 'fields', '-E', 'separator=/t', ...columns];
  const { stdout } = await runProcess('tshark', args, { timeoutMs: TSHARK_TIMEOUT_MS });
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** The types of what the gateway sent behind its handshake. Throws when the bytes are no whole messages. */
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
