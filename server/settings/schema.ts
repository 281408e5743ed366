// JSON Schema (2020-12) of the settings file, so that editors complete and check it.

import { SECTIONS, sectionOf, settingOf, settingPaths } from './table.ts';

/** Covers single values. Relations between settings are checked at start only. */
export function settingsSchema(): Readonly<Record<string, unknown>> {
  const sections = new Map<string, Record<string, unknown>>();
  for (const path of settingPaths()) {
    const { meaning, form, defaultValue, toFile, jsonSchema } = settingOf(path);
    const [, key = ''] = path.split('.');
    const properties = sections.get(sectionOf(path)) ?? {};
    properties[key] = {
      ...jsonSchema(),
      description: `${meaning} It is ${form}.`,
      default: toFile(defaultValue),
    };
    sections.set(sectionOf(path), properties);
  }
  const properties = [...sections].map(([name, settings]) => [
    name,
    {
      type: ['object', 'null'],
      description: SECTIONS[name] ?? name,
      properties: settings,
      additionalProperties: false,
    },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of sluice',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}
