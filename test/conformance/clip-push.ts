// Sends clips in sequence over one connection, in a loop: an encoder that changes its configuration while it streams,
// which ffmpeg cannot do.
import { readFileSync } from 'node:fs';
import { type FlvTag, parseFlvFile } from '../../server/flv/flv-file.ts';
import { clipFrom, playInLoop } from '../../server/relay/clip-loop.ts';
import { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { whenDone } from '../support/cleanup.ts';

export class ClipPush {
  readonly stop: () => void;

  private constructor(stop: () => void) {
    this.stop = stop;
  }

  /** Resolves when the server accepts media; it ends no later than the test. */
  static async start(port: number, name: string, files: readonly string[]): Promise<ClipPush> {
    const publisher = new RtmpPublisher({ host: '127.0.0.1', port, app: 'live', streamName: name });
    whenDone(() => publisher.close());
    await publisher.started;
    const stopPlaying = playInLoop(clipFrom(joined(files)), publisher);
    whenDone(stopPlaying);
    return new ClipPush(() => {
      stopPlaying();
      publisher.close();
    });
  }
}

/** The tags of all files, each file after the previous one; codec configurations keep their places. */
function joined(files: readonly string[]): readonly FlvTag[] {
  let startMs = 0;
  return files.flatMap((file) => {
    const clip = clipFrom(parseFlvFile(readFileSync(file)));
    const from = startMs;
    startMs += clip.durationMs;
    return clip.tags.map((tag) => ({ ...tag, timestamp: tag.timestamp + from }));
  });
}
