// Compares packets of the source with packets of the segments.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ProbedPacket, probe } from './ffmpeg.ts';
import { fetchFresh, fetchMedia, firstMediaUrl } from './hls-client.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type TrackExactness = {
  readonly sent: number;
  readonly received: number;
  /** Every packet has the size it was sent with. */
  readonly hasSameSizes: boolean;
  readonly hasSameKeyFrames: boolean;
  /** Largest distance of a timestamp from the source's, seconds. */
  readonly maxTimeError: number;
};

export type Exactness = {
  readonly video: TrackExactness;
  readonly audio: TrackExactness;
  /** Init segment and every listed segment, joined: a file. */
  readonly file: string;
  readonly playlist: string;
};

/** Compares a source file with the segments of a playlist that still lists all of it. */
export async function compareWithSource(source: string, multivariantUrl: string): Promise<Exactness> {
  const { bytes, playlist } = await downloadListed(multivariantUrl);
  const folder = temporaryFolder('exact');
  const file = path.join(folder, 'received.mp4');
  await writeFile(file, bytes);
  const [sent, received] = await Promise.all([
    probe(source, { packets: true }),
    probe(file, { packets: true }),
  ]);
  return {
    video: compareTrack(sent.packets, received.packets, 'video'),
    audio: compareTrack(sent.packets, received.packets, 'audio'),
    file,
    playlist,
  };
}

async function downloadListed(multivariantUrl: string): Promise<{ bytes: Buffer; playlist: string }> {
  const mediaUrl = await firstMediaUrl(multivariantUrl);
  const { playlist, text } = await fetchMedia(mediaUrl);
  const pieces: Buffer[] = [];
  let mapUri: string | undefined;
  for (const segment of playlist.segments) {
    if (segment.map !== undefined && segment.map !== null && segment.map.uri !== mapUri) {
      mapUri = segment.map.uri;
      pieces.push(await download(new URL(mapUri, mediaUrl)));
    }
    if (segment.uri !== '') pieces.push(await download(new URL(segment.uri, mediaUrl)));
  }
  return { bytes: Buffer.concat(pieces), playlist: text };
}

async function download(url: URL): Promise<Buffer> {
  const response = await fetchFresh(url.href);
  if (response.status !== 200) throw new Error(`${url.href} answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

function compareTrack(
  sentPackets: readonly ProbedPacket[],
  receivedPackets: readonly ProbedPacket[],
  kind: 'video' | 'audio',
): TrackExactness {
  const sent = sentPackets.filter((packet) => packet.codec_type === kind);
  const received = receivedPackets.filter((packet) => packet.codec_type === kind);
  const pairs = sent.flatMap((packet, at): [ProbedPacket, ProbedPacket][] => {
    const other = received[at];
    return other === undefined ? [] : [[packet, other]];
  });
  return {
    sent: sent.length,
    received: received.length,
    hasSameSizes: pairs.every(([left, right]) => left.size === right.size),
    hasSameKeyFrames: pairs.every(([left, right]) => left.flags[0] === right.flags[0]),
    maxTimeError: Math.max(0, ...pairs.flatMap(([left, right]) => timeErrors(left, right))),
  };
}

function timeErrors(left: ProbedPacket, right: ProbedPacket): number[] {
  return [
    Math.abs(Number(left.dts_time) - Number(right.dts_time)),
    Math.abs(Number(left.pts_time) - Number(right.pts_time)),
  ];
}
