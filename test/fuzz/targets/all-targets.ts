// Every target, in the order in which bytes pass through the gateway.

import type { FuzzTarget } from '../fuzz-target.ts';
import { AMF_TARGETS } from './amf0.ts';
import { BPM_TARGETS } from './bpm.ts';
import { CAPTION_TARGETS } from './captions.ts';
import { HLS_TARGETS } from './hls.ts';
import { TIME_TARGETS } from './media-times.ts';
import { PLAYLIST_TARGETS } from './playlists.ts';
import { CHUNK_TARGETS } from './rtmp-chunks.ts';
import { SESSION_TARGETS } from './rtmp-sessions.ts';
import { CODEC_TARGETS, TAG_TARGETS } from './tags-and-codecs.ts';
import { TEXT_TARGETS } from './texts.ts';
import { WILD_CLOCK_TARGETS } from './wild-clocks.ts';

export const ALL_TARGETS: readonly FuzzTarget[] = [
  ...CHUNK_TARGETS,
  ...AMF_TARGETS,
  ...SESSION_TARGETS,
  ...TAG_TARGETS,
  ...CODEC_TARGETS,
  ...BPM_TARGETS,
  ...TIME_TARGETS,
  ...CAPTION_TARGETS,
  ...HLS_TARGETS,
  ...WILD_CLOCK_TARGETS,
  ...PLAYLIST_TARGETS,
  ...TEXT_TARGETS,
];
