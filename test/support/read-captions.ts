// Reads captioned pictures part by part, like a rendition, and returns the captions as short texts.
import { type CaptionCue, joinCues } from '../../server/captions/caption-cue.ts';
import { CaptionDecoder } from '../../server/captions/caption-decoder.ts';
import { type CaptionedPicture, FRAME_TICKS } from '../cases/captions-pictures.ts';

const PART_TICKS = 5 * FRAME_TICKS;

export type ReadCues = Readonly<Record<string, readonly CaptionCue[]>>;

/** @returns cues of each channel, joined */
export function read(pictures: readonly CaptionedPicture[], decoder = new CaptionDecoder()): ReadCues {
  const spans = new Map<string, (readonly CaptionCue[])[]>();
  let edge = (pictures[0]?.dts ?? 0) + PART_TICKS;
  const cut = (): void => {
    decoder.advance(edge);
    for (const channel of decoder.channels)
      spans.set(channel.id, [...(spans.get(channel.id) ?? []), channel.cut(edge)]);
    edge += PART_TICKS;
  };
  for (const picture of pictures) {
    if (picture.dts >= edge) cut();
    decoder.push(picture.data, { lengthSize: 4 }, picture.pts);
  }
  const end = Math.max(...pictures.map(({ pts }) => pts)) + FRAME_TICKS;
  while (edge < end + PART_TICKS) cut();
  return Object.fromEntries([...spans].map(([id, cues]) => [id, joinCues(cues)]));
}

/** Frames and texts: `12-40 HELLO / WORLD`. */
export function summary(cues: readonly CaptionCue[] | undefined, delay = 0): string[] {
  return (cues ?? []).map(({ start, end, rows }) => {
    const [from, to] = [start, end].map((ticks) => (ticks - delay) / FRAME_TICKS);
    return `${from}-${to} ${rows.map(({ text }) => text).join(' / ')}`;
  });
}
