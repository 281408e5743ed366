// x264's open GOPs: 48x32, an IDR picture first, then about every twelfth picture a key frame that is not an IDR picture.
// Three pictures follow it that are shown before it. ffmpeg -f lavfi -i testsrc2=size=48x32:rate=25 -t 2.2 -c:v libx264
// -preset veryfast -x264-params open-gop=1:b-adapt=0:keyint=12:min-keyint=12:bframes=3:scenecut=0; cavlc: and
// cabac=0:slices=2:ref=4:weightp=2.
import { readFileSync } from 'node:fs';
import { type AvcConfig, parseAvcConfig } from '../../server/codec/avc.ts';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';

export type OpenGopClip = {
  readonly name: string;
  readonly configTag: FlvTag;
  /** Tags of one picture each. */
  readonly pictures: readonly FlvTag[];
  readonly config: AvcConfig;
  /** Which pictures are key frames; the first one is an IDR picture. */
  readonly keyFrames: readonly number[];
};

/** The data after an FLV tag's header of five bytes. */
export function pictureData({ body }: FlvTag): Buffer {
  return body.subarray(5);
}

/** Milliseconds. */
export function presentationTime({ timestamp, body }: FlvTag): number {
  return timestamp + body.readIntBE(2, 3);
}

export const OPEN_GOP_CLIPS: readonly OpenGopClip[] = ['cabac', 'cavlc'].map((name) => {
  const file = readFileSync(new URL(`open-gop-${name}.flv`, import.meta.url));
  const [configTag, ...rest] = parseFlvFile(file).filter(({ kind }) => kind === 'video');
  if (configTag === undefined) throw new Error(`${name} is empty`);
  const pictures = rest.filter(({ body }) => body[1] === 1);
  return {
    name,
    configTag,
    pictures,
    config: parseAvcConfig(pictureData(configTag)),
    keyFrames: pictures.flatMap(({ body }, at) => (body[0] === 0x17 ? at : [])),
  };
});
