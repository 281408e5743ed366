// Every scenario of section S, numbered by row: attacks that need more than the bytes of one RTMP connection.
// Not here: S13 (what counts as a private address) and the /64 of S9, for loopback has one IPv6 address; unit tests hold them.

import { CROWD_SCENARIOS } from './rows/crowds.ts';
import { HTTP_FLOOD_SCENARIOS } from './rows/http-floods.ts';
import { LONG_WORK_SCENARIOS } from './rows/long-work.ts';
import { STREAM_MEMORY_SCENARIOS } from './rows/stream-memory.ts';
import { SURROUNDING_SCENARIOS } from './rows/surroundings.ts';
import { UPGRADE_SCENARIOS } from './rows/upgrades.ts';
import { type NumberedScenario, numberedScenarios } from './scenario.ts';

export const SCENARIOS: readonly NumberedScenario[] = numberedScenarios([
  ...UPGRADE_SCENARIOS,
  ...HTTP_FLOOD_SCENARIOS,
  ...STREAM_MEMORY_SCENARIOS,
  ...LONG_WORK_SCENARIOS,
  ...CROWD_SCENARIOS,
  ...SURROUNDING_SCENARIOS,
]);
