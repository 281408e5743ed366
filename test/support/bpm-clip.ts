// Encoders that report about themselves how they fare (codec/bpm.ts): a file with such SEI, and a publisher that writes them as it sends.
import { readFileSync, writeFileSync } from 'node:fs';
import { type BpmReport, bpmNalUnits } from '../../server/codec/bpm.ts';
import { parseFlvFile } from '../../server/flv/flv-file.ts';
import type { Clip } from '../../server/relay/clip-loop.ts';
import { playInLoop } from '../../server/relay/clip-loop.ts';
import type { RtmpPublisher } from '../../server/relay/rtmp-publisher.ts';
import { withSei, writeFlvFile } from '../cases/captions-flv.ts';
import { whenDone } from './cleanup.ts';

/** FLV's frame type 1, and a packet with a picture. */
const isKeyFrame = (body: Buffer): boolean => (body[0] ?? 0) >> 4 === 1 && body[1] === 1;

/** The body of a video tag; with a report before its key frame. */
function reporting(body: Buffer, report: () => BpmReport): Buffer {
  if (!isKeyFrame(body)) return body;
  return bpmNalUnits(report()).reduceRight((whole, unit) => withSei(whole, unit), body);
}

/** Writes an FLV file with a report before each key frame beside the given one. */
export function withBpm(file: string, report: () => BpmReport): string {
  const tags = parseFlvFile(readFileSync(file)).map((tag) =>
    tag.kind === 'video' ? { ...tag, body: reporting(tag.body, report) } : tag,
  );
  const path = file.replace(/\.flv$/, '-bpm.flv');
  writeFileSync(path, writeFlvFile(tags));
  return path;
}

/** Publishes a clip at its pace, with a report before each key frame that is made when it is sent. */
export function publishReporting(clip: Clip, publisher: RtmpPublisher, report: () => BpmReport): void {
  const talking = {
    audio: (timestamp: number, body: Buffer) => publisher.audio(timestamp, body),
    video: (timestamp: number, body: Buffer) => publisher.video(timestamp, reporting(body, report)),
    get unsentBytes() {
      return publisher.unsentBytes;
    },
  };
  whenDone(playInLoop(clip, talking));
}
