// The codes with which the gateway ends connections in the scenarios, and the settings that they use, in one place.

import { flagOf, isSettingPath } from '../../server/settings/table.ts';

export const CODES = {
  /** One stream would exceed `hls.max-memory`. */
  streamMemory: [
    'stream_memory',
    'part_too_large',
    'too_many_changes',
    'no_keyframe',
    'no_config',
    'message_rate',
    'too_fast',
  ],
  /** All streams together would exceed the limit. */
  memoryOfAll: ['server_busy', 'stream_memory', 'part_too_large'],
  /** A publisher that never sends media. */
  withoutMedia: ['no_media'],
} as const;

/**
 * Memory of all media, small enough for a scenario to reach it. Settings that this version does not know are left out; their
 * scenarios then fail.
 */
export const CAPPED: Readonly<Record<string, string>> = { 'media.max-memory': '256MiB' };

/** Loopback has no limits per address by default; here attacking addresses have them. */
export const NOBODY_EXEMPT: Readonly<Record<string, string>> = { 'http.exempt-networks': '192.0.2.0/24' };

/** Flags for the settings that this version knows. */
export function knownFlags(settings: Readonly<Record<string, string>>): string[] {
  return Object.entries(settings).flatMap(([path, value]) =>
    isSettingPath(path) ? [flagOf(path), value] : [],
  );
}
