// WebVTT segments and parts as text (W3C WebVTT; RFC 8216bis clause 3.1.4).

import type { CaptionChannelId, CaptionCue, CaptionRow } from './caption-cue.ts';

export type WebVttView = {
  readonly channel: CaptionChannelId;
  /** Start of the segment or part, 90 kHz ticks of the video's timeline. */
  readonly start: number;
  readonly cues: readonly CaptionCue[];
};

/** Further cues are left out. Six seconds of fast speech have less than 2 KB. */
export const MAX_WEBVTT_CHARACTERS = 16 * 1024;

const TICKS_PER_MS = 90;
/** MPEGTS has 33 bits and wraps (3.1.4). */
const MPEGTS_RANGE = 2 ** 33;
/**
 * The local clock is half a millisecond behind the media clock. So every cue is rounded to just before its picture, and the
 * map never equals hls.js's first timestamp (a whole millisecond), which hls.js would ignore.
 */
const LOCAL_LAG_TICKS = TICKS_PER_MS / 2;
/** The 15 rows use the middle 80 % of the picture's height. */
const TOP_MARGIN_PERCENT = 10;
const ROW_PERCENT = 80 / 15;
const STYLE_TAG = /(<\/?[iu]>)/;

/** One file: its header and its cues. The text ends with an empty line. */
export function renderWebVtt({ channel, start, cues }: WebVttView): string {
  let text = `WEBVTT\n${timestampMap(start)}\n\n`;
  for (const cue of cues) {
    const from = localMs(cue.start);
    const to = localMs(cue.end);
    if (to <= from) continue;
    for (const block of blocksOf(cue.rows)) {
      const lines = renderCue(channel, { from, to, block, isUnplaced: cue.isUnplaced === true });
      if (text.length + lines.length > MAX_WEBVTT_CHARACTERS) return text;
      text += lines;
    }
  }
  return text;
}

/** A cue is named by its times, so that players recognise it. The piece of a cue in a part has other times, and another name. */
function renderCue(
  channel: CaptionChannelId,
  cue: {
    readonly from: number;
    readonly to: number;
    readonly block: readonly CaptionRow[];
    readonly isUnplaced: boolean;
  },
): string {
  const { from, to, block, isUnplaced } = cue;
  const [first] = block;
  if (first === undefined) return '';
  const line = percent(TOP_MARGIN_PERCENT + (first.line - 1) * ROW_PERCENT);
  const position = percent(Math.min(...block.map((row) => row.position)));
  const place = isUnplaced ? '' : ` line:${line} position:${position} align:start`;
  return (
    `${channel.toLowerCase()}-${from}-${to}-${first.line}\n` +
    `${clock(from)} --> ${clock(to)}${place}\n` +
    `${block.map(({ text }) => cueText(text)).join('\n')}\n\n`
  );
}

/** Adjacent rows are one cue, so that players without positions show them in order. */
function blocksOf(rows: readonly CaptionRow[]): CaptionRow[][] {
  const blocks: CaptionRow[][] = [];
  for (const row of rows) {
    const block = blocks.at(-1);
    if (block?.at(-1)?.line === row.line - 1) block?.push(row);
    else blocks.push([row]);
  }
  return blocks;
}

function timestampMap(start: number): string {
  const wraps = Math.floor(start / MPEGTS_RANGE);
  const origin = Math.ceil((wraps * MPEGTS_RANGE) / TICKS_PER_MS);
  const ticks = origin * TICKS_PER_MS + LOCAL_LAG_TICKS - wraps * MPEGTS_RANGE;
  return `X-TIMESTAMP-MAP=MPEGTS:${ticks},LOCAL:${clock(origin)}`;
}

function localMs(ticks: number): number {
  return Math.max(Math.floor((ticks - LOCAL_LAG_TICKS) / TICKS_PER_MS), 0);
}

/** `HH:MM:SS.mmm`; hours have two digits or more. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes, rest] = [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((value) =>
    String(Math.floor(value)).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${rest}.${String(ms % 1000).padStart(3, '0')}`;
}

function percent(value: number): string {
  return `${Number(value.toFixed(2))}%`;
}

/** Escapes markup and pairs the style tags, which damaged data may leave open or crossed. */
function cueText(text: string): string {
  const open: string[] = [];
  let written = '';
  for (const piece of text.split(STYLE_TAG)) {
    const isTag = STYLE_TAG.test(piece);
    const name = piece.at(-2) ?? '';
    if (!isTag) {
      written += escaped(piece);
    } else if (piece.startsWith('</')) {
      if (!open.includes(name)) continue;
      for (let closed = ''; closed !== name; ) {
        closed = open.pop() ?? name;
        written += `</${closed}>`;
      }
    } else if (!open.includes(name)) {
      open.push(name);
      written += piece;
    }
  }
  for (const name of open.reverse()) written += `</${name}>`;
  return written;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
