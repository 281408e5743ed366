import { describe, expect, it } from 'vitest';
import {
  isOnlyHere,
  parseInfo,
  parseStreams,
  serverChoices,
  shareRoot,
  viewerRoot,
} from '../../../../web/page/gateway-info.ts';

describe('parseInfo', () => {
  it('reads version and servers', () => {
    const body = {
      version: '0.1.0',
      rtmp: { port: 1935, servers: ['rtmp://10.0.0.2:1935/live', 7] },
      more: 1,
    };
    expect(parseInfo(body)).toEqual({ version: '0.1.0', rtmpServers: ['rtmp://10.0.0.2:1935/live'] });
    const http = { publicUrl: 'https://live.example.org' };
    const rtmp = { servers: ['rtmp://ingest.example.org/live'], publicUrl: 'rtmp://ingest.example.org/live' };
    expect(parseInfo({ version: '1', http, rtmp })).toEqual({
      version: '1',
      rtmpServers: rtmp.servers,
      publicUrl: http.publicUrl,
      rtmpPublicUrl: rtmp.publicUrl,
    });
  });

  it('reads whether encoders need a key', () => {
    expect(parseInfo({ rtmp: { needsKey: true } }).needsKey).toBe(true);
    expect(parseInfo({ rtmp: { needsKey: 'yes' } }).needsKey).toBeUndefined();
  });

  it.each([null, 'x', {}, { rtmp: null }, { rtmp: { servers: 'x' } }])('makes the best of %o', (body) => {
    expect(parseInfo(body)).toEqual({ version: '', rtmpServers: [] });
  });
});

describe('parseStreams', () => {
  it('lists what is on, by name, with either form of time', () => {
    const since = '2026-11-22T10:00:00.000Z';
    const streams = [
      { name: 'b', state: 'live', viewers: 2, since },
      { name: 'c', state: 'ended', viewers: 0, since },
      { name: 'a', state: 'reconnecting', since: 5 },
      { name: 'd', state: 'offline' },
      { state: 'live' },
      null,
    ];
    expect(parseStreams({ streams: [{ name: 'e', state: 'live', since, startedAt: 5 }] })).toMatchObject([
      { sinceMs: 5 },
    ]);
    expect(parseStreams({ streams })).toEqual([
      { name: 'a', state: 'reconnecting', viewers: 0, sinceMs: 5 },
      { name: 'b', state: 'live', viewers: 2, sinceMs: Date.parse(since) },
    ]);
  });

  it('is empty for an answer it does not know', () => {
    expect(parseStreams({ items: [] })).toEqual([]);
  });
});

describe('serverChoices', () => {
  const info = { version: '', rtmpServers: ['rtmp://192.168.1.20:1935/live', 'rtmp://127.0.0.1:1935/live'] };

  it('puts the address the page was reached by first, and offers no loopback address to others', () => {
    expect(serverChoices(info, 'studio.example')).toEqual([
      'rtmp://studio.example/live',
      'rtmp://192.168.1.20/live',
    ]);
  });

  it('is the public address alone where one is set', () => {
    const rtmpPublicUrl = 'rtmp://ingest.example.org/live';
    for (const hostname of ['studio.example', 'localhost'])
      expect(serverChoices({ ...info, rtmpPublicUrl }, hostname)).toEqual([rtmpPublicUrl]);
  });

  it('offers the network address first on the machine itself', () => {
    expect(serverChoices(info, 'localhost')).toEqual([
      'rtmp://192.168.1.20/live',
      'rtmp://localhost/live',
      'rtmp://127.0.0.1/live',
    ]);
  });

  it('keeps a port that is not RTMP’s own', () => {
    const other = { version: '', rtmpServers: ['rtmp://10.0.0.2:19350/live'] };
    expect(serverChoices(other, 'box')).toEqual(['rtmp://box:19350/live', 'rtmp://10.0.0.2:19350/live']);
  });

  it('reads IPv6 addresses', () => {
    const six = { version: '', rtmpServers: ['rtmp://[fd00::1]:1935/live', 'rtmp://[::1]:1935/live'] };
    expect(serverChoices(six, '[::1]')).toEqual(['rtmp://[fd00::1]/live', 'rtmp://[::1]/live']);
  });

  it('guesses from the page alone before the gateway has answered', () => {
    expect(serverChoices(undefined, 'box')).toEqual(['rtmp://box/live']);
  });
});

describe('links to share', () => {
  const info = { version: '', rtmpServers: ['rtmp://192.168.1.20/live', 'rtmp://localhost/live'] };

  it.each([
    ['http://127.0.0.1:8080/', 'http://192.168.1.20:8080/'],
    ['http://localhost:8080/tv/', 'http://192.168.1.20:8080/tv/'],
    ['https://live.example.org/', 'https://live.example.org/'],
  ])('of a page at %s begin with %s', (root, shared) => {
    expect(shareRoot(root, info)).toBe(shared);
  });

  it('begin with the public address where one is set', () => {
    const told = { ...info, publicUrl: 'https://live.example.org/tv' };
    expect(shareRoot('http://127.0.0.1:8080/', told)).toBe('https://live.example.org/tv/');
    expect(shareRoot('http://10.0.0.7/', told)).toBe('https://live.example.org/tv/');
  });

  it('that lead here only are known as such', () => {
    const told = { version: '', rtmpServers: ['rtmp://localhost/live'] };
    expect(isOnlyHere(shareRoot('http://localhost:8080/', told))).toBe(true);
    expect(isOnlyHere(shareRoot('http://localhost:8080/', info))).toBe(false);
  });
});

describe('viewerRoot', () => {
  it('gives others an address they can use', () => {
    expect(viewerRoot('http://localhost:8080/tv/', 'rtmp://192.168.1.20/live')).toBe(
      'http://192.168.1.20:8080/tv/',
    );
  });

  it.each([
    ['http://studio.example/', 'rtmp://192.168.1.20/live'],
    ['http://localhost:8080/', 'rtmp://127.0.0.1/live'],
    ['http://localhost:8080/', ''],
  ])('leaves %s alone when the encoder goes to %o', (root, server) => {
    expect(viewerRoot(root, server)).toBe(root);
  });
});
