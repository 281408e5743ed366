// The publishing side on real sockets: acceptance, refusal, silence, and the end from either side.
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { expect, test } from 'vitest';
import { GatewayError } from '../../../server/errors.ts';
import { RtmpPublisher } from '../../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../../support/cleanup.ts';
import { openGateway, startSource, tinyTags, untilState } from '../gateway-fixture.ts';

const body = tinyTags.find(({ kind }) => kind === 'video')?.body ?? Buffer.alloc(0);

function publisherTo(port: number, streamName: string, host = '127.0.0.1'): RtmpPublisher {
  const publisher = new RtmpPublisher({ host, port, app: 'live', streamName });
  whenDone(() => publisher.close());
  return publisher;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  whenDone(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('a refusal names the code that the server gave', async () => {
  const open = await openGateway();
  const publisher = publisherTo(open.rtmpPort, 'no.dots');
  await expect(publisher.started).rejects.toMatchObject({
    code: 'rejected',
    message: expect.stringContaining('NetStream.Publish.'),
  });
  expect(await publisher.closed).toBeInstanceOf(GatewayError);
});

test('a port where nobody listens is said so', async () => {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  await expect(publisherTo(port, 'a').started).rejects.toMatchObject({
    code: 'socket_error',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a peer that is no RTMP server ends it, without a crash', async () => {
  const port = await listen(
    createServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad\r\n\r\n')),
  );
  await expect(publisherTo(port, 'a').started).rejects.toBeInstanceOf(GatewayError);
});

test('media before the consent is the program’s mistake, after the end it goes nowhere', async () => {
  const open = await openGateway();
  const early = publisherTo(open.rtmpPort, 'early');
  expect(() => early.video(0, body)).toThrow(GatewayError);
  await early.started;
  early.close();
  expect(() => early.video(0, body)).not.toThrow();
  expect(() => early.audio(0, body)).not.toThrow();
  expect(() => early.data('@setDataFrame', ['onMetaData'])).not.toThrow();
  expect(await early.closed).toMatchObject({ code: 'closed' });
});

test('the server’s end is told, and what is sent after it harms nobody', async () => {
  const open = await openGateway();
  const source = await startSource(open.rtmpPort, 'ends');
  source.sendUntil(500);
  await open.gateway.close();
  expect(await source.publisher.closed).toMatchObject({ code: 'rejected' });
  expect(() => source.sendUntil(1_000)).not.toThrow();
});

test('closing politely ends the stream at the other side', async () => {
  const open = await openGateway();
  const gone = untilState(open.gateway, 'polite', 'reconnecting');
  const source = await startSource(open.rtmpPort, 'polite');
  source.sendUntil(500);
  source.publisher.close();
  await gone;
  expect(await open.log.untilClosed('unpublished')).toMatchObject({ stream: 'polite' });
});

test('IPv6 works as well', async () => {
  const open = await openGateway({ rtmp: { host: '::1' } });
  const publisher = publisherTo(open.rtmpPort, 'six', '::1');
  await publisher.started;
  expect(open.gateway.info().rtmp.servers).toEqual([`rtmp://[::1]:${open.rtmpPort}/live`]);
});
