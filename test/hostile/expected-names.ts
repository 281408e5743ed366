// The names by which the gateway refuses and closes in the scenarios, and the settings that they turn: one table, for a
// name that changes is changed here alone.

import { flagOf, isSettingPath } from '../../server/settings/table.ts';

export const CODES = {
  /** One stream would hold more than `hls.max-memory`. */
  streamMemory: [
    'stream_memory',
    'part_too_large',
    'too_many_changes',
    'no_keyframe',
    'no_config',
    'message_rate',
  ],
  /** All streams together would hold more than the gateway may. */
  memoryOfAll: ['server_busy', 'stream_memory', 'part_too_large'],
  /** A publisher that never sends media. */
  withoutMedia: ['no_media'],
} as const;

/**
 * All memory of media, small enough for a scenario to reach it. Settings that this tree does not know are not given: their
 * scenarios then show that nothing holds.
 */
export const CAPPED: Readonly<Record<string, string>> = { 'media.max-memory': '256MiB' };

/** Loopback is exempt from the caps of an address by default: here no address that attacks is. */
export const NOBODY_EXEMPT: Readonly<Record<string, string>> = { 'http.exempt-networks': '192.0.2.0/24' };

/** Flags for those of the settings that this tree knows. */
export function knownFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([path, value]) =>
    isSettingPath(path) ? [flagOf(path), value] : [],
  );
}
