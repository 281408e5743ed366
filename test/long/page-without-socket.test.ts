// Pages behind a server that breaks WebSockets: the state arrives by HTTP, the page plays, and a WebSocket that works
// again is used again.

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { ClipEncoder } from '../continuity/clip-encoder.ts';
import { loadClip } from '../continuity/clips.ts';
import { openPage, screenshot, untilPlaying } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { startGateway } from '../support/gateway-process.ts';

/** What the front does with upgrades: forwards them, refuses them, or accepts them and forwards no answers. */
type Upgrades = 'pass' | 'refuse' | 'silent' | 'no hello';

type Front = {
  readonly url: (path: string) => string;
  set: (upgrades: Upgrades) => void;
  /** Ends the open sockets, or makes them silent. */
  readonly cut: (how: 'end' | 'silence') => void;
};

const REFUSAL = 'HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';

/** A TCP proxy that inspects the first bytes of each connection: browsers open a separate one for a WebSocket. */
async function startFront(port: number, initial: Upgrades): Promise<Front> {
  let upgrades = initial;
  const sockets = new Set<{ readonly client: Socket; silence: () => void }>();
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', (first) => {
      const isUpgrade = /^upgrade: websocket/im.test(first.toString('latin1'));
      if (isUpgrade && upgrades === 'refuse') {
        client.end(REFUSAL);
        return;
      }
      const upstream = connect(port, '127.0.0.1');
      upstream.on('error', () => client.destroy());
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
      upstream.write(first);
      client.pipe(upstream);
      if (!isUpgrade) {
        upstream.pipe(client);
        return;
      }
      let isSilent = false;
      const mode = upgrades;
      let passed = 0;
      upstream.on('data', (bytes) => {
        passed += 1;
        if (isSilent || (mode === 'silent' && passed > 1)) return;
        // The hello follows the 101, in the same bytes or in the next.
        const head = bytes.indexOf('\r\n\r\n');
        if (mode === 'no hello' && passed === 1 && head >= 0) client.write(bytes.subarray(0, head + 4));
        else if (mode !== 'no hello') client.write(mode === 'silent' ? bytes.subarray(0, head + 4) : bytes);
      });
      const entry = {
        client,
        silence: () => {
          isSilent = true;
        },
      };
      sockets.add(entry);
      client.on('close', () => sockets.delete(entry));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = new Set<Socket>();
  server.on('connection', (client) => clients.add(client));
  whenDone(() => {
    for (const client of clients) client.destroy();
    server.close();
  });
  const { port: frontPort } = server.address() as AddressInfo;
  return {
    url: (path) => `http://127.0.0.1:${frontPort}${path}`,
    set: (next) => {
      upgrades = next;
    },
    cut: (how) => {
      for (const socket of sockets) {
        if (how === 'end') socket.client.destroy();
        else socket.silence();
      }
    },
  };
}

async function encoderOf(port: number): Promise<ClipEncoder> {
  const encoder = await ClipEncoder.publish({ port, streamName: 'show' });
  encoder.play(await loadClip('plain'));
  return encoder;
}

it.each(['refuse', 'silent', 'no hello'] as const)(
  'plays a stream that begins later where upgrades are: %s; and uses the socket once it works',
  async (upgrades) => {
    const gateway = await startGateway();
    const front = await startFront(gateway.httpPort, upgrades);
    const { page, problems } = await openPage(front.url('/watch/show'));
    await page.locator('.stage[data-news="http"][data-state="offline"]').waitFor();
    await encoderOf(gateway.rtmpPort);
    await untilPlaying(page, { minFrames: 60 });
    await page.locator('.stage[data-news="http"][data-state="live"][data-latency-ms]').waitFor();
    await screenshot(page, `page-without-socket-${upgrades.replace(' ', '-')}`);
    front.set('pass');
    await page.locator('.stage[data-link="up"]').waitFor();
    await page.locator('[data-stat="uptime"]', { hasText: /\d/ }).waitFor();
    expect(problems.pageErrors).toEqual([]);
    expect(problems.warnings).toEqual([]);
  },
);

it.each(['end', 'silence'] as const)(
  'plays on and hears the news when its socket dies in mid-stream: %s',
  async (how) => {
    const gateway = await startGateway();
    const front = await startFront(gateway.httpPort, 'pass');
    const { page } = await openPage(front.url('/watch/show'));
    const encoder = await encoderOf(gateway.rtmpPort);
    await untilPlaying(page, { minFrames: 60 });
    await page.locator('.stage[data-link="up"]').waitFor();
    front.set('refuse');
    front.cut(how);
    await page.locator('.stage[data-news="http"]').waitFor();
    encoder.end('goodbye');
    await page.locator('.stage[data-state="reconnecting"]').waitFor();
    await encoderOf(gateway.rtmpPort);
    await page.locator('.stage[data-state="live"][data-playing="true"]').waitFor();
  },
);
