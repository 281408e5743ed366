// Media playlists word for word, as they must be at certain moments of a stream. Half-second parts, one-second segments.
import type { TrackChoice } from '../support/playlist-stories.ts';
import { AUDIO_ONLY } from './hls-playlists-audio-only.ts';
import { VIDEO_AND_AUDIO } from './hls-playlists-video-and-audio.ts';
import { VIDEO_ONLY } from './hls-playlists-video-only.ts';

type Stories = Readonly<Record<TrackChoice, Readonly<Record<string, string>>>>;

export const PLAYLISTS: Stories = {
  'video and audio': VIDEO_AND_AUDIO,
  'video only': VIDEO_ONLY,
  'audio only': AUDIO_ONLY,
};
