// The picture shows its own number in large blocks that survive encoding. So latency is measured on presented pictures and
// not from clocks of the stream or player.

/** Ten bits. The row below has their complements, to detect mixed pictures. */
const BITS = 10;
const BLOCK_PX = 64;
/** 32 s at 30 fps, below 2^BITS, and longer than any latency, so that numbers are unique. */
export const MAX_FRAMES = 960;

/** ffmpeg filter that draws the number of each frame into its upper left corner. */
export const FRAME_NUMBER_FILTER = [
  `drawbox=x=0:y=0:w=${BITS * BLOCK_PX}:h=${2 * BLOCK_PX}:color=black:t=fill`,
  ...Array.from({ length: BITS }, (_, bit) => [
    block(bit, 0, `mod(floor(n/${2 ** bit})\\,2)`),
    block(bit, 1, `1-mod(floor(n/${2 ** bit})\\,2)`),
  ]).flat(),
].join(',');

/**
 * What a page runs before its own scripts: it finds the video, reads the number of every picture that is presented,
 * and keeps `[number, epoch ms]` for each, -1 for one that cannot be read.
 * A string, because the page compiles it.
 */
export const FRAME_READER = `
  (() => {
    const seen = { frames: [], stalls: 0, dropped: 0 };
    window.__sluiceBench = seen;
    const cell = 4;
    const canvas = new OffscreenCanvas(${BITS} * cell, 2 * cell);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const numberOn = (video) => {
      context.drawImage(video, 0, 0, ${BITS * BLOCK_PX}, ${2 * BLOCK_PX}, 0, 0, canvas.width, canvas.height);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const isWhite = (bit, row) => data[4 * ((row * cell + cell / 2) * canvas.width + bit * cell + cell / 2)] > 127;
      let number = 0;
      for (let bit = 0; bit < ${BITS}; bit += 1) {
        if (isWhite(bit, 0) === isWhite(bit, 1)) return -1;
        if (isWhite(bit, 0)) number += 2 ** bit;
      }
      return number;
    };
    const find = (root) => {
      const found = root.querySelector('video');
      if (found) return found;
      for (const element of root.querySelectorAll('*')) {
        const inside = element.shadowRoot && find(element.shadowRoot);
        if (inside) return inside;
      }
      return null;
    };
    const follow = (video) => {
      const onFrame = () => {
        const at = Date.now();
        seen.frames.push([numberOn(video), at]);
        seen.dropped = video.getVideoPlaybackQuality().droppedVideoFrames;
        video.requestVideoFrameCallback(onFrame);
      };
      video.requestVideoFrameCallback(onFrame);
      let hasPlayed = false;
      video.addEventListener('playing', () => { hasPlayed = true; });
      video.addEventListener('waiting', () => { if (hasPlayed && !video.seeking) seen.stalls += 1; });
    };
    const timer = setInterval(() => {
      const video = document.documentElement && find(document);
      if (!video) return;
      clearInterval(timer);
      follow(video);
    }, 20);
  })();
`;

/** The frames that FRAME_READER has seen. */
export type SeenFrames = {
  readonly frames: readonly (readonly [number: number, epochMs: number])[];
  readonly stalls: number;
  readonly dropped: number;
};

/**
 * Latency of each readable picture: when it was presented less when it was pushed.
 * `pushedAtMs[k]` is the epoch time at which the k-th frame of the publication left; its number is k modulo MAX_FRAMES.
 */
export function latenciesMs(frames: SeenFrames['frames'], pushedAtMs: readonly number[]): number[] {
  const latencies: number[] = [];
  for (const [number, shownAtMs] of frames) {
    let last: number | undefined;
    for (let k = number; k >= 0 && k < pushedAtMs.length; k += MAX_FRAMES) {
      const pushed = pushedAtMs[k];
      if (pushed !== undefined && pushed <= shownAtMs) last = pushed;
    }
    if (last !== undefined) latencies.push(shownAtMs - last);
  }
  return latencies;
}

function block(bit: number, row: number, when: string): string {
  const size = `w=${BLOCK_PX}:h=${BLOCK_PX}`;
  return `drawbox=x=${bit * BLOCK_PX}:y=${row * BLOCK_PX}:${size}:color=white:t=fill:enable='${when}'`;
}
