// x264's open GOPs: the first picture is an IDR picture, and no other one is. Viewers who join later can play.

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parameterSetsOf } from '../../server/codec/avc.ts';
import { AvcPictures } from '../../server/codec/avc-pictures.ts';
import { OPEN_GOP_CLIPS, type OpenGopClip, pictureData, presentationTime } from '../cases/open-gop.ts';
import { PLAYER_PAGES, servePage } from '../players/player-pages.ts';
import { openPage, untilVideo } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import { publish } from '../support/ffmpeg.ts';
import { startGateway } from '../support/gateway-process.ts';
import { runProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { FFMPEG } from '../support/test-tools.ts';

const RATE = 25;
/** By then the first key frame is no longer in the three segments with which players begin. */
const JOIN_AFTER_MS = 14_000;
/** Joins at different key frames: the pictures after them drop different references. */
const JOINS = 4;
const NEXT_JOIN_MS = 1_700;
const PLAYED_FRAMES = 6 * RATE;

it.each([
  ['CABAC', 'open-gop=1:b-adapt=0:scenecut=0'],
  ['CAVLC and several references', 'open-gop=1:scenecut=0:ref=4:cabac=0:slices=2'],
])('plays for viewers who join an open GOP late: %s', async (_name, x264) => {
  const gateway = await startGateway();
  const publishing = publish({
    url: gateway.rtmpUrl('open'),
    video: { size: '426x240', rate: RATE, gop: 2 * RATE, bframes: 3, bitrateKbps: 400, x264 },
  });
  whenDone(async () => void (await publishing.kill()));
  await gateway.waitForLog(({ state }) => state === 'live');
  await delay(JOIN_AFTER_MS);
  const plain = await servePage(PLAYER_PAGES.hlsFull, gateway.url('/live/open/index.m3u8'));
  for (let join = 0; join < JOINS; join += 1) {
    for (const url of [plain, gateway.url('/watch/open')]) {
      const { page, problems } = await openPage(url);
      await untilVideo(page, ({ decodedFrames }) => decodedFrames > PLAYED_FRAMES);
      expect(problems.pageErrors).toEqual([]);
      const errors = await page.evaluate<readonly string[]>('window.sluiceErrors ?? []');
      expect(errors.filter((error) => error.startsWith('fatal'))).toEqual([]);
      await page.context().close();
    }
    await delay(NEXT_JOIN_MS);
  }
  const { source } = (await (await fetch(gateway.url('/api/v1/streams/open'))).json()) as { source: unknown };
  expect(source).toMatchObject({ noticed: { openKeyFrames: expect.any(Number) } });
});

it.each(OPEN_GOP_CLIPS.map((clip) => [clip.name, clip] as const))(
  'changes no picture, and makes every key frame one that a strict decoder can start at: %s',
  async (_name, clip) => {
    const sent = clip.pictures.map(pictureData);
    const played = playedPictures(clip);
    expect(played).not.toEqual(sent);
    let refusals = 0;
    const all = await decodedPictures(clip, sent);
    expect(all).toHaveLength(sent.length);
    expect(await decodedPictures(clip, played)).toEqual(all);
    for (const keyFrame of clip.keyFrames.slice(1)) {
      const from = presentationTime(clip.pictures[keyFrame] ?? clip.configTag);
      const isShownFrom = (_: unknown, at: number): boolean =>
        at >= keyFrame && presentationTime(clip.pictures[at] ?? clip.configTag) >= from;
      const expected = all.slice(all.length - sent.filter(isShownFrom).length);
      expect(await decodedPictures(clip, played.filter(isShownFrom))).toEqual(expected);
      const asSent = await Promise.allSettled([decodedPictures(clip, sent.filter(isShownFrom))]);
      refusals += asSent.filter(({ status }) => status === 'rejected').length;
    }
    expect(refusals).toBeGreaterThan(0);
  },
);

function playedPictures(clip: OpenGopClip): Buffer[] {
  const played: Buffer[] = [];
  const pictures = new AvcPictures({
    onPicture: ({ data }) => played.push(Buffer.from(data)),
    onConfig: () => {},
    onDamage: () => {},
    onRepaired: () => {},
  });
  pictures.configure(clip.config);
  for (const tag of clip.pictures) pictures.push(pictureData(tag), tag.timestamp, 0, false);
  pictures.flush();
  return played;
}

/** Hashes of the decoded pictures in presentation order. Rejects at the first error. */
async function decodedPictures(clip: OpenGopClip, pictures: readonly Buffer[]): Promise<string[]> {
  const { sps, pps } = parameterSetsOf(clip.config);
  const startCode = Buffer.of(0, 0, 0, 1);
  const parts = [...sps, ...pps].flatMap((set) => [startCode, set]);
  for (const picture of pictures) {
    for (let at = 0; at < picture.length; at += 4 + picture.readUInt32BE(at))
      parts.push(startCode, picture.subarray(at + 4, at + 4 + picture.readUInt32BE(at)));
  }
  const file = path.join(temporaryFolder('open-gop'), 'clip.h264');
  await writeFile(file, Buffer.concat(parts));
  const args = [
    '-v',
    'error',
    '-xerror',
    '-err_detect',
    'explode',
    '-threads',
    '1',
    '-f',
    'h264',
    '-i',
    file,
  ];
  const { stdout, stderr } = await runProcess(FFMPEG, [...args, '-vsync', '0', '-f', 'framemd5', '-'], {
    timeoutMs: 20_000,
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .split('\n')
    .flatMap((line) => (line === '' || line.startsWith('#') ? [] : line.split(/,\s*/).slice(-1)));
}
