// JSON Schema (2020-12) of the settings file, for editors: completion, and a mark at what the gateway would refuse.

import { LIST_SECTIONS, SECTIONS, sectionOf, settingOf, settingPaths } from './table.ts';

/** Values and their forms; how settings fit each other is checked at start only. */
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
  const properties = [...sections].map(([name, settings]) => [name, sectionSchema(name, settings)]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of sluice',
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
  };
}

function sectionSchema(name: string, properties: Readonly<Record<string, unknown>>): object {
  const description = SECTIONS[name] ?? name;
  const section = { properties, additionalProperties: false };
  const listPath = LIST_SECTIONS[name];
  if (listPath === undefined) return { type: ['object', 'null'], description, ...section };
  const { items } = settingOf(listPath).jsonSchema();
  return { type: ['object', 'array', 'null'], description, ...section, items };
}
