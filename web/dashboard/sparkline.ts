// A line of the last minute on a small canvas. It is drawn only while it is on the screen.
import { element } from '../page/element.ts';
import { SPARK_POINTS, sparkPoints } from './spark-points.ts';
import { themeColor } from './theme-colors.ts';

const WIDTH = 240;
const HEIGHT = 40;

export type Sparkline = {
  readonly node: HTMLCanvasElement;
  readonly push: (value: number) => void;
  /** Replaces the values by the last ones of a history. */
  readonly load: (values: readonly (number | null)[]) => void;
};

const visible = new WeakSet<Element>();
const redraws = new WeakMap<Element, () => void>();
const watcher = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) visible.add(target);
    else visible.delete(target);
    if (isIntersecting) redraws.get(target)?.();
  }
});

/** Decorative: the number beside it says the value. */
export function sparkline(): Sparkline {
  const node = element('canvas', { class: 'spark', 'aria-hidden': 'true' });
  const scale = Math.min(2, window.devicePixelRatio || 1);
  node.width = WIDTH * scale;
  node.height = HEIGHT * scale;
  let values: number[] = [];
  const redraw = (): void => {
    if (visible.has(node)) draw(node, values);
  };
  redraws.set(node, redraw);
  watcher.observe(node);
  return {
    node,
    push: (value) => {
      values.push(value);
      if (values.length > SPARK_POINTS) values.shift();
      redraw();
    },
    load: (history) => {
      values = history.slice(-SPARK_POINTS).map((value) => value ?? 0);
      redraw();
    },
  };
}

function draw(node: HTMLCanvasElement, values: readonly number[]): void {
  const context = node.getContext('2d');
  if (context === null) return;
  const { width, height } = node;
  context.clearRect(0, 0, width, height);
  const points = sparkPoints(values, { width, height });
  const [first] = points;
  if (first === undefined || points.length < 2) return;
  context.beginPath();
  for (const [x, y] of points) context.lineTo(x, y);
  context.strokeStyle = themeColor('series-1');
  context.lineWidth = Math.max(1.5, height / 26);
  context.lineJoin = 'round';
  context.stroke();
  context.lineTo(width, height);
  context.lineTo(first[0], height);
  context.globalAlpha = 0.14;
  context.fillStyle = themeColor('series-1');
  context.fill();
  context.globalAlpha = 1;
}
