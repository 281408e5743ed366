// Draws the segment strip on a canvas. Shapes and hatching carry every meaning that colours have.
import type { StripBlock, StripGeometry } from './segment-geometry.ts';
import { themeColor } from './theme-colors.ts';

/** Room above the blocks for the diamonds of key frames, and below for the times. */
export const ABOVE = 14;
export const BELOW = 18;
const DIAMOND = 4.5;
/** Ticks nearer to each other than this would be one block. */
const LEAST_PART_WIDTH = 3;
const HATCH_STEP = 6;
/** Seconds between two times below the strip, and on a narrow one. */
const TIME_STEP_S = 10;
const NARROW_TIME_STEP_S = 20;
const NARROW_PX = 480;
const DISCONTINUITY_WIDTH = 8;

export type StripPaint = {
  readonly geometry: StripGeometry;
  readonly width: number;
  readonly height: number;
  readonly chosen: StripBlock | undefined;
  readonly timeLabel: (secondsAgo: number) => string;
};

/** `context` has CSS pixels as its unit. */
export function paintStrip(context: CanvasRenderingContext2D, paint: StripPaint): void {
  const { geometry, width, height, chosen } = paint;
  context.clearRect(0, 0, width, height + ABOVE + BELOW);
  paintTimes(context, paint);
  context.save();
  context.beginPath();
  context.rect(0, 0, width, ABOVE + height);
  context.clip();
  for (const { x, width: holeWidth } of geometry.holes)
    hatch(context, { x, y: ABOVE, width: holeWidth, height }, themeColor('verdict-bad'));
  for (const block of geometry.blocks) paintBlock(context, block, height);
  for (const block of geometry.blocks) paintKeys(context, block, height);
  if (chosen !== undefined) {
    context.strokeStyle = themeColor('text');
    context.lineWidth = 2;
    context.strokeRect(chosen.x, ABOVE + height - chosen.height, chosen.width, chosen.height - 1);
  }
  context.restore();
}

function paintBlock(context: CanvasRenderingContext2D, block: StripBlock, height: number): void {
  const { x, width, kind, segment } = block;
  const y = ABOVE + height - block.height;
  if (kind === 'gap') {
    hatch(context, { x, y, width, height: block.height }, themeColor('verdict-bad'));
    return;
  }
  const color = themeColor(kind === 'long' ? 'series-2' : 'series-1');
  context.fillStyle = color;
  context.globalAlpha = 0.3;
  context.fillRect(x + 0.5, y, Math.max(1, width - 1), block.height);
  context.globalAlpha = 1;
  context.fillRect(x + 0.5, y, Math.max(1, width - 1), 2);
  // Parts as ticks from the base.
  context.globalAlpha = 0.75;
  const tick = Math.min(block.height, 12);
  for (const part of block.parts.slice(1))
    if (part.width >= LEAST_PART_WIDTH) context.fillRect(part.x, ABOVE + height - tick, 1, tick);
  context.globalAlpha = 1;
  context.fillRect(x + 0.5, ABOVE + height - 1, Math.max(1, width - 1), 1);
  if (segment.discontinuity === true)
    hatch(
      context,
      { x, y: ABOVE, width: Math.min(width, DISCONTINUITY_WIDTH), height },
      themeColor('verdict-ok'),
    );
}

/** A diamond on the top edge of the block where a key frame begins. */
function paintKeys(context: CanvasRenderingContext2D, block: StripBlock, height: number): void {
  const y = ABOVE + height - block.height;
  context.fillStyle = themeColor('text');
  for (const part of block.parts) {
    if (!part.isKey) continue;
    const x = Math.max(part.x, DIAMOND);
    context.beginPath();
    context.moveTo(x, y - DIAMOND - 2);
    context.lineTo(x + DIAMOND, y - 2);
    context.lineTo(x, y + DIAMOND - 2);
    context.lineTo(x - DIAMOND, y - 2);
    context.closePath();
    context.fill();
  }
}

function paintTimes(context: CanvasRenderingContext2D, { width, height, timeLabel }: StripPaint): void {
  context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
  context.textBaseline = 'bottom';
  const step = width < NARROW_PX ? NARROW_TIME_STEP_S : TIME_STEP_S;
  for (let secondsAgo = 60; secondsAgo >= 0; secondsAgo -= step) {
    const x = width - (secondsAgo / 60) * width;
    context.fillStyle = themeColor('line');
    context.fillRect(Math.min(width - 1, Math.round(x)), ABOVE, 1, height + 4);
    context.fillStyle = themeColor('text-soft');
    context.textAlign = secondsAgo === 60 ? 'left' : secondsAgo === 0 ? 'right' : 'center';
    context.fillText(timeLabel(secondsAgo), x, ABOVE + height + BELOW);
  }
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

function hatch(context: CanvasRenderingContext2D, { x, y, width, height }: Box, color: string): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = color;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let at = x - height; at < x + width; at += HATCH_STEP) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}
