// A process that publishes one clip to many servers in real time and measures its own lateness.

import type { FlvTag } from '../server/flv/flv-file.ts';
import { playInLoop } from '../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../server/relay/rtmp-publisher.ts';
import { amfEcmaArray } from '../server/rtmp/amf-value.ts';
import { isConfig, readClip } from './media-clip.ts';
import { percentile } from './statistics.ts';
import { answerCalls } from './worker.ts';

export type PublishTarget = { readonly port: number; readonly name: string };

/** Milliseconds behind the clip's time, including the pacing timer of 10 ms. */
export type Lateness = {
  readonly messages: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Bytes that servers have not read. */
  readonly unsentBytes: number;
};

export type PublisherCalls = {
  /** Resolves when every server has accepted; the publications then begin one after another within `spreadMs`. */
  readonly start: {
    readonly request: {
      readonly clipFile: string;
      readonly targets: readonly PublishTarget[];
      readonly spreadMs: number;
    };
    readonly reply: undefined;
  };
  /** Since the last call. */
  readonly takeLateness: { readonly request: undefined; readonly reply: Lateness };
  /** Of the first target, in epoch milliseconds. */
  readonly pushes: {
    readonly request: undefined;
    readonly reply: { readonly connectedAtMs: number; readonly framesAtMs: readonly number[] };
  };
};

const publishers: RtmpPublisher[] = [];
let latenessMs: number[] = [];
let connectedAtMs = 0;
const framesAtMs: number[] = [];

answerCalls<PublisherCalls>({
  start: async ({ clipFile, targets, spreadMs }) => {
    const clip = readClip(clipFile);
    connectedAtMs = Date.now();
    for (const { port, name } of targets) {
      publishers.push(new RtmpPublisher({ host: '127.0.0.1', port, app: 'live', streamName: name }));
    }
    await Promise.all(publishers.map((publisher) => publisher.started));
    for (const [index, publisher] of publishers.entries()) {
      const play = () => {
        publisher.data('@setDataFrame', ['onMetaData', amfEcmaArray(clip.metadata)]);
        const stop = playInLoop(clip, punctual(publisher, index === 0));
        void publisher.closed.then(stop);
      };
      if (index === 0) play();
      else setTimeout(play, (index * spreadMs) / publishers.length);
    }
    return undefined;
  },
  takeLateness: () => {
    const taken = latenessMs;
    latenessMs = [];
    return {
      messages: taken.length,
      p99Ms: percentile(taken, 0.99),
      maxMs: percentile(taken, 1),
      unsentBytes: publishers.reduce((sum, publisher) => sum + publisher.unsentBytes, 0),
    };
  },
  pushes: () => ({ connectedAtMs, framesAtMs }),
});

/** Forwards media (codec configuration in the first round only) and records the times. */
function punctual(
  publisher: RtmpPublisher,
  isFirst: boolean,
): Pick<RtmpPublisher, 'audio' | 'video' | 'unsentBytes'> {
  const startedAt = performance.now();
  const configured = new Set<FlvTag['kind']>();
  const isDue = (kind: 'audio' | 'video', time: number, body: Buffer): boolean => {
    latenessMs.push(performance.now() - startedAt - time);
    if (!isConfig({ body })) return true;
    if (configured.has(kind)) return false;
    configured.add(kind);
    return true;
  };
  return {
    get unsentBytes() {
      return publisher.unsentBytes;
    },
    audio: (time, body) => {
      if (isDue('audio', time, body)) publisher.audio(time, body);
    },
    video: (time, body) => {
      if (!isDue('video', time, body)) return;
      if (isFirst && !isConfig({ body })) framesAtMs.push(Date.now());
      publisher.video(time, body);
    },
  };
}
