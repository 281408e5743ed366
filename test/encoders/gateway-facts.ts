// The gateway's facts about a publisher: its name from the live numbers, its codecs from the API, its end from the log.
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { type ServerMessage, STATS_SUBPROTOCOL } from '../../server/stats/stats-message.ts';
import { whenDone } from '../support/cleanup.ts';
import type { GatewayProcess, LogLine } from '../support/gateway-process.ts';
import { fetchFresh } from '../support/hls-client.ts';

export type GatewayFacts = {
  /** The encoder's own name. */
  readonly encoder: string;
  /** RFC 6381 list. */
  readonly codecs: string;
};

/** Facts of a live stream. */
export async function gatewayFacts(gateway: GatewayProcess, name: string): Promise<GatewayFacts> {
  const response = await fetchFresh(gateway.url(`/api/v1/streams/${name}`));
  const stream: { readonly codecs?: string } = JSON.parse(await response.text());
  return { encoder: await encoderOf(gateway, name), codecs: stream.codecs ?? 'unknown' };
}

/** Log lines about the end of this stream's connections. */
export function endingsOf(gateway: GatewayProcess, name: string): readonly LogLine[] {
  return gateway.logs.filter((line) => isEnding(line, name));
}

export function isEnding(line: LogLine, name: string): boolean {
  return line.msg === 'rtmp connection closed' && line['stream'] === name;
}

async function encoderOf(gateway: GatewayProcess, name: string): Promise<string> {
  const socket = new WebSocket(gateway.url('/ws/v1').replace('http', 'ws'), STATS_SUBPROTOCOL);
  whenDone(() => socket.terminate());
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'sub', topic: 'stream', name }));
  for (;;) {
    const [data] = await once(socket, 'message');
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.op !== 'tick') continue;
    socket.close();
    return message.d.encoder ?? 'unknown';
  }
}
