// The limits of HTTP at default settings, whatever number of files this process may open.

import { httpLimitsOf } from '../../server/component-options.ts';
import type { HttpLimits } from '../../server/http/http-limits.ts';
import { silentLogger } from '../../server/log.ts';
import { settingsFrom } from './settings.ts';

const settings = settingsFrom({});

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  ...httpLimitsOf(settings, silentLogger),
  maxConnections: settings['http.max-connections'],
};
