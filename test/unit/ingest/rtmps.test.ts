// RTMPS: the same protocol inside TLS, a certificate renewed while the gateway runs, and a deadline for the handshake.
import { once } from 'node:events';
import { copyFileSync, readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { Certificate, type SecureOptions } from '../../../server/certificate.ts';
import { silentLogger } from '../../../server/log.ts';
import { PublishSession } from '../../../server/rtmp/client-session.ts';
import { whenDone } from '../../support/cleanup.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openGateway, untilState } from '../gateway-fixture.ts';

const CERTIFICATES = path.resolve(import.meta.dirname, '../../cases/certificates');

/** A separate folder with a copy of a pair, so that a test can change it. */
function certificateFolder(): { certificate: string; key: string; install: (name: string) => void } {
  const folder = temporaryFolder('tls');
  const [certificate, key] = [path.join(folder, 'chain.pem'), path.join(folder, 'key.pem')];
  const install = (name: string): void => {
    copyFileSync(path.join(CERTIFICATES, `${name}.crt`), certificate);
    copyFileSync(path.join(CERTIFICATES, `${name}.key`), key);
  };
  install('first');
  return { certificate, key, install };
}

async function openTls(port: number): Promise<TLSSocket> {
  // Self-signed: the test checks the name in the certificate, not who signed it.
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  whenDone(() => void socket.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
  });
  return socket;
}

const nameOf = (socket: TLSSocket): unknown => socket.getPeerCertificate().subject.CN;

test('an encoder publishes over TLS', async () => {
  const { certificate, key } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const socket = await openTls(open.ports.rtmpsPort ?? 0);
  const session = new PublishSession({ app: 'live', tcUrl: 'rtmps://127.0.0.1/live', streamName: 'secret' });
  const accepted = untilState(open.gateway, 'secret', 'connecting');
  socket.on('data', (bytes) => {
    for (const output of session.receive(bytes)) if (output.kind === 'send') socket.write(output.bytes);
  });
  socket.write(session.start());
  await accepted;
  expect(open.gateway.streams().map(({ name }) => name)).toEqual(['secret']);
});

test('a renewed certificate is used at once when the gateway is told to read it', async () => {
  const { certificate, key, install } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const port = open.ports.rtmpsPort ?? 0;
  expect(nameOf(await openTls(port))).toBe('first.test');
  install('second');
  await open.gateway.reload();
  expect(nameOf(await openTls(port))).toBe('second.test');
});

test('a renewed certificate is used without a restart, and a broken one is not', async () => {
  const { certificate, key, install } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const port = open.ports.rtmpsPort ?? 0;
  const before = await openTls(port);
  expect(nameOf(before)).toBe('first.test');

  copyFileSync(path.join(CERTIFICATES, 'second.key'), key);
  await open.log.untilMessage('the changed certificate cannot be used; the previous one stays in use');
  expect(nameOf(await openTls(port))).toBe('first.test');

  install('second');
  await open.log.untilMessage('certificate renewed');
  expect(nameOf(await openTls(port))).toBe('second.test');
  expect(before.destroyed).toBe(false);
});

test('a certificate that changes before the first look at its files is used', async () => {
  const { certificate, key, install } = certificateFolder();
  const pair = new Certificate({ certificate, key }, silentLogger);
  whenDone(() => pair.close());
  install('second');
  const renewed = await new Promise<SecureOptions>((resolve) =>
    pair.renewIn({ setSecureContext: (options) => resolve(options) }),
  );
  expect(renewed.cert).toEqual(readFileSync(path.join(CERTIFICATES, 'second.crt')));
});

test('plain RTMP on the TLS port ends by name, and nothing else does', async () => {
  const { certificate, key } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const beside = await openTls(open.ports.rtmpsPort ?? 0);
  const plain = await connectRaw(open.ports.rtmpsPort ?? 0);
  await plain.write(Buffer.alloc(1537, 3));
  await plain.untilClosed(5_000);
  await open.log.untilClosed('tls_failed');
  expect(beside.destroyed).toBe(false);
});

test('a TLS handshake that does not come is not waited for', async () => {
  const { certificate, key } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const silent = await connectRaw(open.ports.rtmpsPort ?? 0);
  await silent.untilClosed(10_000);
  expect(await open.log.untilClosed('tls_failed')).toMatchObject({ remote: '127.0.0.1' });
}, 15_000);

test('so many TLS handshakes at a time from one address, and no more', async () => {
  const { certificate, key } = certificateFolder();
  const open = await openGateway({
    rtmps: { port: 0, maxHandshakesPerAddress: 3 },
    tls: { certificate, key },
  });
  const port = open.ports.rtmpsPort ?? 0;
  const silent = [await connectRaw(port), await connectRaw(port), await connectRaw(port)];
  await (await connectRaw(port)).untilClosed(5_000);
  expect(await open.log.untilClosed('too_many_handshakes_from_address')).toMatchObject({
    remote: '127.0.0.1',
  });
  for (const raw of silent) raw.destroy();
  await open.log.until(
    () => open.log.lines.filter(({ code }) => code === 'tls_failed').length === silent.length,
  );
  // A finished handshake no longer counts, however many connections there are.
  for (let at = 0; at < 5; at += 1) await openTls(port);
});

test.each([
  [
    { certificate: '/nowhere.pem', key: '/nowhere.key' },
    /\/nowhere\.pem cannot be used: there is no such file/,
  ],
  [{ certificate: '/nowhere.pem' }, /tls\.certificate is set, and tls\.key is not/],
  [
    { certificate: `${CERTIFICATES}/first.crt`, key: `${CERTIFICATES}/second.key` },
    /first\.crt with the key .*second\.key cannot be used/,
  ],
])('a certificate that cannot be used keeps the gateway from starting: %j', async (tls, message) => {
  await expect(openGateway({ rtmps: { port: 0 }, tls })).rejects.toThrow(message);
});

test('a gateway that closes ends TLS handshakes, so that nobody publishes afterwards', async () => {
  const { certificate, key } = certificateFolder();
  const open = await openGateway({ rtmps: { port: 0 }, tls: { certificate, key } });
  const below = connectTcp({ port: open.ports.rtmpsPort ?? 0, host: '127.0.0.1' });
  whenDone(() => void below.destroy());
  await once(below, 'connect');
  // A handshake that ended shows that the gateway has accepted the connection before it.
  await openTls(open.ports.rtmpsPort ?? 0);
  void open.gateway.close();
  const late = connect({ socket: below, rejectUnauthorized: false });
  const end = await Promise.race([
    once(late, 'secureConnect').then(() => 'secured'),
    once(below, 'close').then(() => 'closed'),
  ]).catch(() => 'closed');
  expect(end).toBe('closed');
});
