// The picture of the demo clip, drawn with ffmpeg filters and without image files.

/**
 * 48 s are a whole number of video frames (1440), of key frame intervals (24) and of AAC frames (2250 of
 * 1024 samples at 48 kHz): both tracks loop seamlessly.
 */
export const LOOP_S = 48;
export const FPS = 30;
const WIDTH = 960;
const HEIGHT = 540;
const DIAL_PX = 400;
const DIAL_X = 60;
const DIAL_Y = 46;
const BAR_X = 60;
const BAR_Y = 484;
const BAR_WIDTH = WIDTH - 2 * BAR_X;

/** Elapsed part of the current second, 0..1, from the frame number, which is exact. */
const PHASE = `mod(n\\,${FPS})/${FPS}`;

const FONT = 'DejaVu Sans';

const RADIUS = 'hypot(X-W/2+0.5,Y-H/2+0.5)';
/** Clockwise from the top, 0..1. */
const TURN = 'mod(atan2(Y-H/2+0.5,X-W/2+0.5)/(2*PI)+1.25,1)';

/** The drawing as one ffmpeg filter graph with output `[out]`. */
export function pictureGraph() {
  return [
    `${background()}[bg]`,
    `${stillLayer(DIAL_PX, DIAL_PX, dialFace())}[face]`,
    `${stillLayer(DIAL_PX, DIAL_PX, comet())},rotate=a=2*PI*${PHASE}:c=none[comet]`,
    `${stillLayer(DIAL_PX, DIAL_PX, flashDisc())},split=3[flash0][flash1][flash2]`,
    `[flash1]colorchannelmixer=aa=0.55[flash1dim];[flash2]colorchannelmixer=aa=0.2[flash2dim]`,
    `${stillLayer(BAR_WIDTH, 6, barTrack())},format=gbrp[track]`,
    `color=c=0x38bdf8:s=${BAR_WIDTH}x6:r=${FPS},format=gbrp[fill]`,
    `[track][fill]overlay=format=gbrp:x='-W+W*n/${FPS * LOOP_S}':y=0:eval=frame,${barGaps()}[bar]`,
    `[bg][face]overlay=format=gbrp:x=${DIAL_X}:y=${DIAL_Y}[p1]`,
    `[p1][comet]overlay=format=gbrp:x=${DIAL_X}:y=${DIAL_Y}[p2]`,
    `[p2][bar]overlay=format=gbrp:x=${BAR_X}:y=${BAR_Y}[p3]`,
    `[p3][flash0]overlay=format=gbrp:x=${DIAL_X}:y=${DIAL_Y}:enable='lt(mod(n,${FPS}),2)'[p4]`,
    `[p4][flash1dim]overlay=format=gbrp:x=${DIAL_X}:y=${DIAL_Y}:enable='eq(mod(n,${FPS}),2)'[p5]`,
    `[p5][flash2dim]overlay=format=gbrp:x=${DIAL_X}:y=${DIAL_Y}:enable='eq(mod(n,${FPS}),3)'[p6]`,
    `[p6]scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,${wholeFlash()},${texts()}[out]`,
  ].join(';');
}

/** Two slow lights over dark blue, drawn small and enlarged. */
function background() {
  const turn = `2*PI*N/${FPS * LOOP_S}`;
  const light = (/** @type {string} */ x, /** @type {string} */ y, /** @type {number} */ spread) =>
    `exp(-(pow(X-W*(${x}),2)+pow((Y-H*(${y}))*1.2,2))/${spread})`;
  const teal = light(`0.28+0.12*cos(${turn})`, `0.45+0.2*sin(2*${turn})`, 700);
  const violet = light(`0.78+0.1*sin(2*${turn})`, `0.55+0.25*cos(${turn})`, 900);
  const red = `10+8*X/W+10*${teal}+58*${violet}`;
  const green = `14+6*Y/H+52*${teal}+18*${violet}`;
  const blue = `30+10*X/W+66*${teal}+92*${violet}`;
  const source = `nullsrc=s=120x68:r=${FPS}:d=${LOOP_S},format=gbrp16`;
  // 68 lines become 540: without setsar the pixels would no longer count as square.
  const scaled = `scale=${WIDTH}:${HEIGHT}:flags=bicubic:sws_dither=ed,setsar=1`;
  return `${source},geq=r='257*(${red})':g='257*(${green})':b='257*(${blue})',${scaled},format=gbrp`;
}

/**
 * A picture drawn once and repeated.
 * @param {number} width
 * @param {number} height
 * @param {{r: string, g: string, b: string, a: string}} colour expressions of X and Y, 0..255
 */
function stillLayer(width, height, { r, g, b, a }) {
  const drawn = `nullsrc=s=${width}x${height}:r=${FPS}:d=0.01,format=gbrap,geq=r='${r}':g='${g}':b='${b}':a='${a}'`;
  return `${drawn},loop=loop=-1:size=1:start=0,setpts=N/(${FPS}*TB)`;
}

/**
 * 1 inside a ring, 0 outside, soft over one pixel.
 * @param {number} from
 * @param {number} to
 */
function ring(from, to) {
  return `clip(${RADIUS}-${from}+0.5,0,1)*clip(${to}-${RADIUS}+0.5,0,1)`;
}

/** One tick for each frame of the second, a longer one for every fifth. */
function dialFace() {
  const ticks = (/** @type {number} */ count, /** @type {number} */ halfWidth) =>
    `clip(${halfWidth}+0.5-abs(${count}*${TURN}-round(${count}*${TURN}))*2*PI*${RADIUS}/${count},0,1)`;
  const minor = `0.45*${ring(180, 187)}*${ticks(FPS, 1)}`;
  const major = `0.95*${ring(180, 193)}*${ticks(FPS / 5, 1.6)}`;
  const groove = `0.10*${ring(148, 172)}`;
  return { r: '255', g: '255', b: '255', a: `255*min(1,max(max(${minor},${major}),${groove}))` };
}

/** The hand: a bright head at the top with a tail that fades out behind it over nearly the whole turn. */
function comet() {
  const behind = `mod(1-${TURN},1)`;
  const tail = `pow(1-${behind},2.2)*${ring(148, 172)}`;
  const head = `clip(17.5-hypot(X-W/2+0.5,Y-H/2+160.5),0,1)`;
  const glow = `0.5*exp(-pow(hypot(X-W/2+0.5,Y-H/2+160.5)/22,2))`;
  const mix = (/** @type {number} */ near, /** @type {number} */ far) =>
    `max(255*${head},${near}+(${far}-${near})*${behind})`;
  return {
    r: mix(125, 139),
    g: mix(211, 92),
    b: mix(252, 246),
    a: `255*min(1,max(max(${tail},${head}),${glow}))`,
  };
}

/** The inside of the dial, lit at each full second. */
function flashDisc() {
  return { r: '255', g: '255', b: '255', a: `255*clip(140.5-${RADIUS},0,1)` };
}

function barTrack() {
  return { r: '38', g: '44', b: '78', a: '255' };
}

/** A gap after each second's cell. */
function barGaps() {
  const cell = BAR_WIDTH / LOOP_S;
  const gaps = Array.from({ length: LOOP_S - 1 }, (_, index) => Math.round((index + 1) * cell) - 1);
  return gaps.map((x) => `drawbox=x=${x}:y=0:w=2:h=6:color=0x141a34:t=fill`).join(',');
}

/** The whole picture lights up with the disc and is dark again within five frames. */
function wholeFlash() {
  return `eq=brightness='0.5*exp(-mod(n,${FPS})/1.3)*lt(mod(n,${FPS}),6)':eval=frame`;
}

function texts() {
  const second = `%{eif\\:floor(n/${FPS})\\:d\\:2}`;
  const millisecond = `.%{eif\\:floor(mod(n\\,${FPS})*1000/${FPS})\\:d\\:3}`;
  const dial = { size: 50, x: `${DIAL_X + DIAL_PX / 2}-tw/2`, y: `${DIAL_Y + DIAL_PX / 2 - 19}`, weight: 1 };
  return [
    text({ ...dial, value: millisecond, when: `gte(mod(n,${FPS}),3)` }),
    text({ ...dial, value: millisecond, when: `lt(mod(n,${FPS}),3)`, colour: '0x1e293b', shadow: 0 }),
    text({ size: 32, x: '528', y: '80', weight: 1, value: 'S L U I C E' }),
    text({ size: 256, x: '512', y: '150', weight: 6, value: second }),
    text({
      size: 21,
      x: '528',
      y: '398',
      weight: 0,
      value: 'RTMP in · Low-Latency HLS out',
      colour: 'white@0.8',
    }),
  ].join(',');
}

/**
 * `weight`: an outline in the letters' colour, in pixels, because drawtext selects fonts by family and cannot select a bold
 * one.
 * @param {{size: number, x: string, y: string, weight: number, value: string, when?: string, colour?: string,
 *   shadow?: number}} options
 */
function text({ size, x, y, weight, value, when = '1', colour = 'white', shadow = 2 }) {
  const style = `font='${FONT}':fontsize=${size}:fontcolor=${colour}:borderw=${weight}:bordercolor=${colour}`;
  const edge = `shadowcolor=0x0b1020@0.55:shadowx=${shadow}:shadowy=${shadow}`;
  return `drawtext=${style}:${edge}:x=${x}:y=${y}:enable='${when}':text='${value}'`;
}
