// The settings that README.md and the short help show.

import type { SettingPath } from './table.ts';

/** Settings that most installations change, for README.md and `-h`. */
export const COMMON_SETTINGS: readonly SettingPath[] = [
  'rtmp.port',
  'http.port',
  'http.host',
  'tls.certificate',
  'tls.key',
  'hls.part',
  'hls.dvr',
  'hls.max-memory',
  'stream.takeover',
  'log.level',
];
