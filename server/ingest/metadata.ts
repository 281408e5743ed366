// The used values of onMetaData (Adobe FLV 10.1, annex E.5).

import type { SourceHints } from '../live/sink.ts';
import { type AmfValue, amfProperty, isAmfObject } from '../rtmp/amf-value.ts';
import { printableText } from './printable-text.ts';

/** The kept values of onMetaData. They may be wrong and are compared with the media. */
export type Metadata = {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly frameRate: number | undefined;
  readonly encoder: string | undefined;
};

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
    encoder: typeof encoder === 'string' ? encoderName(encoder) : undefined,
  };
}

/** Metadata without any track says nothing about tracks. */
export function hintsOf(metadata: Metadata | undefined): SourceHints {
  if (metadata === undefined) return {};
  const { hasVideo, hasAudio, frameRate } = metadata;
  return {
    ...(hasVideo || hasAudio ? { hasVideo, hasAudio } : {}),
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}
