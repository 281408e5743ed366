// JSON Schema (2020-12) of the settings file, so that editors complete and check it.

import { describeSetting, type SettingSection, settingSections } from './setting-texts.ts';
import { LIST_SECTIONS, settingOf } from './table.ts';

/** Covers single values. Relations between settings are checked at start only. */
export function settingsSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of sluice',
    type: 'object',
    properties: Object.fromEntries(
      settingSections().map((section) => [section.name, sectionSchema(section)]),
    ),
    additionalProperties: false,
  };
}

function sectionSchema({ name, title, paths }: SettingSection): Readonly<Record<string, unknown>> {
  const properties = paths.map((path) => {
    const { defaultValue, toFile, jsonSchema } = settingOf(path);
    const [, key = ''] = path.split('.');
    return [
      key,
      { ...jsonSchema(), description: describeSetting(path), default: toFile(defaultValue) },
    ] as const;
  });
  const listPath = LIST_SECTIONS[name];
  const list = listPath === undefined ? undefined : settingOf(listPath).jsonSchema();
  return {
    type: list === undefined ? ['object', 'null'] : ['object', 'array', 'null'],
    description: title,
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    ...(list === undefined ? {} : { items: list['items'] }),
  };
}
