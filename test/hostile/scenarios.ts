// All scenarios of section S, numbered by row: attacks that need more than one RTMP connection. Unit tests cover S13 (private
// addresses) and the /64 of S9, because loopback has one IPv6 address.

import { CROWD_SCENARIOS } from './rows/crowds.ts';
import { DOOR_SCENARIOS } from './rows/doors.ts';
import { HTTP_FLOOD_SCENARIOS } from './rows/http-floods.ts';
import { LONG_WORK_SCENARIOS } from './rows/long-work.ts';
import { REPORT_SCENARIOS } from './rows/reports.ts';
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
  ...DOOR_SCENARIOS,
  ...REPORT_SCENARIOS,
]);
