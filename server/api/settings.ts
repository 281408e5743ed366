// The settings in force, with their sources.

import { z } from 'zod';
import { type Immutable, operationsOn } from './operation.ts';

const settingList = z
  .strictObject({
    settings: z.array(
      z.strictObject({
        path: z.string().describe('As in docs/settings.md.'),
        value: z.unknown().describe('As in the settings file; secrets are ***.'),
        defaultValue: z.unknown(),
        source: z.enum(['flag', 'environment', 'file', 'program', 'default']),
        origin: z.string().describe('The flag, the variable or the file.'),
      }),
    ),
  })
  .meta({ id: 'SettingList' });

export type SettingsPort = () => Immutable<z.output<typeof settingList>>;

const operation = operationsOn<{ readonly settings: SettingsPort }>();

const listSettings = operation({
  id: 'listSettings',
  method: 'get',
  path: '/settings',
  tag: 'Gateway',
  summary: 'Settings in force, and where each comes from',
  access: 'read',
  status: 200,
  answer: settingList,
  errors: [],
  run: (gateway) => gateway.settings(),
});

export const SETTING_OPERATIONS = [listSettings];
