// onMetaData, as far as it is believed (Adobe FLV 10.1, annex E.5).

import type { SourceHints } from '../live/sink.ts';
import { type AmfValue, amfProperty, isAmfObject } from '../rtmp/amf-value.ts';
import { printableText } from './printable-text.ts';

/** The few values of onMetaData that are kept; all are claims, checked against the media where it matters. */
export type Metadata = {
  readonly hasVideo: boolean;
  readonly hasAudio: boolean;
  readonly frameRate: number | undefined;
  readonly encoder: string | undefined;
};

/** Longer names are not names. */
const MAX_ENCODER_CHARACTERS = 80;

/** An encoder's name for itself, fit to be shown. */
export function encoderName(text: string): string {
  return printableText(text, MAX_ENCODER_CHARACTERS);
}

/** Reads the object behind onMetaData; undefined when there is none. */
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

/** Metadata that names no track at all says nothing about tracks. */
export function hintsOf(metadata: Metadata | undefined): SourceHints {
  if (metadata === undefined) return {};
  const { hasVideo, hasAudio, frameRate } = metadata;
  return {
    ...(hasVideo || hasAudio ? { hasVideo, hasAudio } : {}),
    ...(frameRate === undefined ? {} : { frameRate }),
  };
}
