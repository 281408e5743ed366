// The used values of onMetaData (Adobe FLV 10.1, annex E.5).

import type { SourceHints } from '../live/sink.ts';
import { type AmfValue, amfProperty, isAmfObject } from '../rtmp/amf-value.ts';
import { printableText } from './printable-text.ts';

/** The kept values of onMetaData. They may be wrong and are compared with the media. */
export type Metadata = {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly frameRate: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly encoder: string | undefined;
};

/** The longest side that H.264 allows (level 6.2). */
const MAX_PIXELS = 16_880;
/** Longest name. */
const MAX_ENCODER_CHARACTERS = 80;

/** The encoder's name, in printable form. */
export function encoderName(text: string): string {
  return printableText(text, MAX_ENCODER_CHARACTERS);
}

/** Reads the object after onMetaData; undefined if there is none. */
export function parseMetadata(values: readonly AmfValue[]): Metadata | undefined {
  const object = values.find(isAmfObject);
  if (object === undefined) return undefined;
  const has = (...names: string[]): boolean => names.some((name) => amfProperty(object, name) !== undefined);
  const frameRate = amfProperty(object, 'framerate') ?? amfProperty(object, 'videoframerate');
  const encoder = amfProperty(object, 'encoder');
  return {
    hasVideo: has('videocodecid', 'width'),
    hasAudio: has('audiocodecid', 'audiosamplerate'),
    frameRate: typeof frameRate === 'number' && frameRate > 0 && frameRate < 1000 ? frameRate : undefined,
    width: pixels(amfProperty(object, 'width')),
    height: pixels(amfProperty(object, 'height')),
    encoder: typeof encoder === 'string' ? encoderName(encoder) : undefined,
  };
}

/** A side of the picture; encoders write 0 where they do not know it. */
function pixels(value: AmfValue): number | undefined {
  return typeof value === 'number' && value >= 1 && value <= MAX_PIXELS ? Math.round(value) : undefined;
}

/** Metadata without any track says nothing about tracks. */
export function hintsOf(metadata: Metadata | undefined): SourceHints {
  if (metadata === undefined) return {};
  const { hasVideo, hasAudio, frameRate, width, height } = metadata;
  return {
    ...(hasVideo || hasAudio ? { hasVideo, hasAudio } : {}),
    ...(frameRate === undefined ? {} : { frameRate }),
    ...(width === undefined || height === undefined ? {} : { width, height }),
  };
}
