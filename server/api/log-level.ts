// The level of the log while the gateway runs.

import { z } from 'zod';
import { LOG_LEVELS, type LogLevel } from '../log.ts';
import { operationsOn } from './operation.ts';

const logLevel = z
  .strictObject({ level: z.enum(LOG_LEVELS, `one of ${LOG_LEVELS.join(', ')}`) })
  .meta({ id: 'LogLevel' });

export type LogLevelPort = {
  /** Throws GatewayError `log_level_fixed`. */
  readonly get: () => LogLevel;
  /** Throws GatewayError `log_level_fixed`. */
  readonly set: (level: LogLevel) => void;
};

const operation = operationsOn<{ readonly logLevel: LogLevelPort }>();
const TAG = 'Gateway';

const getLogLevel = operation({
  id: 'getLogLevel',
  method: 'get',
  path: '/log-level',
  tag: TAG,
  summary: 'Least level of the lines in the log',
  access: 'read',
  status: 200,
  answer: logLevel,
  errors: ['log_level_fixed'],
  run: (gateway) => ({ level: gateway.logLevel.get() }),
});

const setLogLevel = operation({
  id: 'setLogLevel',
  method: 'put',
  path: '/log-level',
  tag: TAG,
  summary: 'Change the level of the log',
  description:
    'Until the gateway restarts. At "warn" and above the log has no lines about changes through the API.',
  access: 'write',
  body: logLevel,
  status: 200,
  answer: logLevel,
  errors: ['log_level_fixed'],
  run: (gateway, { body }) => {
    gateway.logLevel.set(body.level);
    return { level: gateway.logLevel.get() };
  },
  subject: ({ body }) => body.level,
});

export const LOG_LEVEL_OPERATIONS = [getLogLevel, setLogLevel];
