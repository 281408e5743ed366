// The doctor and real ffmpeg: each fault raises exactly its issue, with the flag of ffmpeg that corrects it. A good push raises none.
import { expect, test } from 'vitest';
import { whenDone } from '../support/cleanup.ts';
import { type GatewayProcess, startGateway } from '../support/gateway-process.ts';
import {
  FAULTY_SOURCES,
  issuesOf,
  overloadedFile,
  pushFile,
  pushSkewed,
  raisedFor,
  sourceFile,
} from '../support/judged-pushes.ts';
import { startSlowLink } from '../support/slow-link.ts';

const FAULTS = Object.keys(FAULTY_SOURCES) as (keyof typeof FAULTY_SOURCES)[];
/** The files have about 330 kbit/s. */
const TOO_SLOW_BYTES = 25_000;
const TOO_FAST_BYTES = 200_000;

/** What ffmpeg needs instead. */
const FIXES: Readonly<Record<string, string>> = {
  gopLong: '-g 50 -keyint_min 50 -sc_threshold 0',
  gopVariable: '-g 50 -keyint_min 50 -sc_threshold 0',
  bFrames: '-bf 0 (or -tune zerolatency)',
  audioRateOdd: '-ar 48000',
  codecUnsupported: '-c:v libx264 -pix_fmt yuv420p -profile:v high -c:a aac',
  avDrift: 'one -itsoffset for both inputs; -af aresample=async=1 where the sound drifts',
  videoStarved: expect.stringContaining('-b:v'),
  fasterThanRealtime: 'add -re before -i',
  encoderOverload: '-preset veryfast (or faster), and a smaller -vf scale',
};

async function pushAll(gateway: GatewayProcess): Promise<void> {
  const good = await sourceFile(undefined);
  const files = await Promise.all(FAULTS.map(async (fault) => [fault, await sourceFile(fault)] as const));
  const through = async (bytesPerSecond: number, name: string): Promise<string> => {
    const link = await startSlowLink(gateway.rtmpPort, bytesPerSecond);
    return `rtmp://127.0.0.1:${link.port}/live/${name}`;
  };
  const pushes = [
    pushFile(good, gateway.rtmpUrl('good')),
    pushFile(good, gateway.rtmpUrl('tested?test=1')),
    pushFile(good, await through(TOO_SLOW_BYTES, 'videoStarved')),
    pushFile(good, await through(TOO_FAST_BYTES, 'fasterThanRealtime'), []),
    pushFile(await overloadedFile(), gateway.rtmpUrl('encoderOverload')),
    pushSkewed(good, gateway.rtmpUrl('avDrift'), 0.7),
    ...files.map(([fault, file]) => pushFile(file, gateway.rtmpUrl(fault))),
  ];
  whenDone(async () => {
    await Promise.all(pushes.map((push) => push.stop('SIGKILL')));
  });
}

test('each fault raises exactly its issue, and a test can be read but not watched', async () => {
  const gateway = await startGateway();
  whenDone(async () => void (await gateway.stop()));
  await pushAll(gateway);
  const report = String((await gateway.waitForLog((line) => 'report' in line))['report']);
  await Promise.all(
    Object.keys(FIXES).map((code) =>
      gateway.waitForLog((line) => line['stream'] === code && line['issue'] === code, 30_000),
    ),
  );
  for (const [code, ffmpeg] of Object.entries(FIXES)) {
    const issues = await issuesOf(gateway, code);
    expect(issues, code).toMatchObject([{ code, fix: { ffmpeg } }]);
    expect(raisedFor(gateway, code)).toEqual([code]);
  }
  expect(await issuesOf(gateway, 'good')).toEqual([]);
  expect(raisedFor(gateway, 'good')).toEqual([]);

  const id = report.split('/').at(-1);
  expect(report).toMatch(/^http:\/\/[^/]+\/tests\/test-[a-z2-7]{20}$/);
  const answer = await fetch(gateway.url(`/api/v1/tests/${id}`));
  expect(await answer.json()).toMatchObject({ id, stream: 'tested', past: [], numbers: { width: 320 } });
  const playlist = await fetch(gateway.url(`/live/${id}/index.m3u8`));
  expect(playlist.status).toBe(404);
  expect(await playlist.json()).toMatchObject({ title: 'This is a test' });
});
