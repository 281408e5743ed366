// Short scripts for HlsScript; test/cases/hls-playlists.ts has their expected playlists.
import type { Sample } from '../../server/media/sample.ts';
import type { Track } from '../../server/media/track.ts';
import { HlsScript } from './hls-script.ts';
import { audioSamples, interleave, testAudioTrack, testVideoTrack, videoSamples } from './samples.ts';

export type TrackChoice = 'video and audio' | 'video only' | 'audio only';
export const TRACK_CHOICES: readonly TrackChoice[] = ['video and audio', 'video only', 'audio only'];

const audio = testAudioTrack(48_000);
const video = testVideoTrack();
const otherAudio = testAudioTrack(44_100);
const otherVideo = testVideoTrack({ width: 1920 });

/** Half-second parts and one-second segments of 25 frames: few lines, all tags. */
export function tellPlaylists(choice: TrackChoice): Readonly<Record<string, string>> {
  const script = new HlsScript({ part: 0.5, segment: 1, window: 6 });
  const told: Record<string, string> = {};
  script.start(tracksOf(choice, video, audio), hintsOf(choice));
  const media = samplesOf(choice, 12);
  const until = (seconds: number): Sample[] =>
    media.splice(
      0,
      media.findIndex((sample) => ticksToSeconds(sample) >= seconds),
    );
  script.send(until(0.55));
  told['at the start'] = script.text;
  script.send(until(2.7));
  told['with an open segment'] = script.text;
  script.send(until(9.1));
  told['after eviction'] = script.text;
  script.stop();
  told['while the publisher is away'] = script.text;
  script.start(tracksOf(choice, video, audio), hintsOf(choice), 3_000);
  script.send(samplesOf(choice, 1.7));
  told['after its return'] = script.text;
  for (const track of tracksOf(choice, otherVideo, otherAudio)) script.track(track);
  script.send(samplesOf(choice, 3.4, otherAudio).filter((sample) => ticksToSeconds(sample, 44_100) >= 2));
  told['after a change of configuration'] = script.text;
  script.end();
  told['ended'] = script.text;
  return told;
}

function tracksOf(choice: TrackChoice, video: Track, audio: Track): Track[] {
  return [...(choice === 'audio only' ? [] : [video]), ...(choice === 'video only' ? [] : [audio])];
}

function hintsOf(choice: TrackChoice): { hasVideo: boolean; hasAudio: boolean } {
  return { hasVideo: choice !== 'audio only', hasAudio: choice !== 'video only' };
}

function samplesOf(choice: TrackChoice, seconds: number, track = audio): Sample[] {
  const pictures = videoSamples({ seconds, stepsMs: [40], gopFrames: [25] });
  const sound = audioSamples({ seconds, track });
  return interleave(choice === 'audio only' ? [] : pictures, choice === 'video only' ? [] : sound, track);
}

function ticksToSeconds(sample: Sample, audioTimescale = 48_000): number {
  return sample.dts / (sample.kind === 'video' ? 90_000 : audioTimescale);
}
