// Row 86 of docs/trust.md: Node without `__proto__` runs the gateway, and a peer's keys never reach a prototype.
import { expect, it } from 'vitest';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { amfObject } from '../../server/rtmp/amf-value.ts';
import { logFaults, misses } from '../hostile/attack.ts';
import { EVERY_LINE, startAttackedGateway } from '../hostile/attacked-gateway.ts';
import { CATALOGUE } from '../hostile/catalogue.ts';
import { TINY_TAGS } from '../hostile/media-bytes.ts';
import { playCatalogue } from '../hostile/play-catalogue.ts';
import { whenDone } from '../support/cleanup.ts';
import { fetchFresh, fetchMedia } from '../support/hls-client.ts';

/** Commands, AMF and names of prototypes. */
const ROWS = [1, 3, 7, 8, 17, 68];

it('a gateway whose Node throws at __proto__ publishes, plays, and survives its names', async () => {
  const gateway = await startAttackedGateway(EVERY_LINE, ['--disable-proto=throw']);
  whenDone(() => gateway.stop());
  const publisher = new RtmpPublisher({
    host: '127.0.0.1',
    port: gateway.rtmpPort,
    app: 'live',
    streamName: '__proto__',
  });
  whenDone(() => publisher.close());
  await publisher.started;
  publisher.data('@setDataFrame', [
    'onMetaData',
    amfObject(Object.fromEntries([['__proto__', amfObject({ x: 1 })]])),
  ]);
  for (const { kind, timestamp, body } of TINY_TAGS) {
    if (kind === 'video') publisher.video(timestamp, body);
    else if (kind === 'audio') publisher.audio(timestamp, body);
  }
  await gateway.untilLine(({ stream, state }) => stream === '__proto__' && state === 'live');
  const { playlist } = await fetchMedia(`${gateway.httpUrl}/live/__proto__/main.m3u8`);
  expect(playlist.segments.length).toBeGreaterThan(0);
  const pages = ['/', '/watch/__proto__', '/embed/constructor', '/api/v1/streams', '/livez'];
  for (const page of pages) {
    const url = `${gateway.httpUrl}${page}?__proto__[x]=1&constructor[prototype][x]=1`;
    expect((await fetchFresh(url)).status, page).toBe(200);
  }
  const inputs = CATALOGUE.filter(({ row }) => ROWS.includes(row));
  expect(misses(await playCatalogue(gateway, inputs))).toEqual([]);
  expect(logFaults(gateway.texts)).toEqual([]);
  await gateway.stop();
  expect(gateway.exitCode()).toBe(0);
});
