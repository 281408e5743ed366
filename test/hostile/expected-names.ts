// The names by which the gateway refuses and closes in the scenarios, and the settings that they turn: one table, for a
// name that changes is changed here alone.

import { flagOf, isSettingPath } from '../../server/settings.ts';

export const CODES = {
  /** One stream would hold more than `hls.max-memory`. */
  streamMemory: [
    'stream_memory',
    'media_memory',
    'message_limit',
    'no_keyframe',
    'no_config',
    'assembling_limit',
  ],
  /** All streams together would hold more than the gateway may. */
  memoryOfAll: ['server_busy'],
  /** Work that is small on the wire and long in the gateway. */
  tooMuchWork: ['run_limit', 'config_limit', 'message_rate', 'stream_memory', 'no_keyframe', 'media_memory'],
  /** A publisher that never sends media. */
  withoutMedia: ['no_media', 'publisher_silent', 'publish_deadline'],
} as const;

/** Settings of the scenarios' gateways that a tree may not have; each is given where it exists. */
const WANTED: Readonly<Record<string, string>> = {
  'media.max-memory': '256MiB',
};

/** Flags for those of the settings that this tree knows. */
export function knownFlags(settings: Readonly<Record<string, string>> = WANTED): string[] {
  return Object.entries(settings).flatMap(([path, value]) =>
    isSettingPath(path) ? [flagOf(path), value] : [],
  );
}
