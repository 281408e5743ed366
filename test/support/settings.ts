// Settings of a program, as a test writes and reads them.
import { configFrom } from '../../server/settings/sources.ts';
import { type GatewaySettings, type Settings, settingPaths } from '../../server/settings/table.ts';

/** The defaults, overridden by a program's settings: `{ rtmp: { port: 0 } }`. */
export function settingsFrom(nested: unknown): Settings {
  return configFrom(nested).settings;
}

/** Settings in sections, as for createGateway(). */
export function sectionsOf(settings: Settings): GatewaySettings {
  const sections: Record<string, Record<string, unknown>> = {};
  for (const path of settingPaths()) {
    const [section = '', key = ''] = path.split('.');
    sections[section] = { ...sections[section], [key]: settings[path] };
  }
  return sections;
}
