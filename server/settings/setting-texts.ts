// Texts about settings for the help, docs/settings.md and the schema.

import { SECTIONS, type SettingPath, sectionOf, settingOf, settingPaths } from './table.ts';

export type SettingSection = {
  readonly name: string;
  /** As a heading. */
  readonly title: string;
  readonly paths: readonly SettingPath[];
};

/** Sections and their settings, in the order of declaration. */
export function settingSections(): readonly SettingSection[] {
  const paths = settingPaths();
  return [...new Set(paths.map(sectionOf))].map((name) => ({
    name,
    title: SECTIONS[name] ?? name,
    paths: paths.filter((path) => sectionOf(path) === name),
  }));
}

/** What a setting means, and the form of its value. */
export function describeSetting(path: SettingPath): string {
  const { meaning, form } = settingOf(path);
  return `${meaning} It is ${form}.`;
}

/** The default as text; empty for an empty one. */
export function defaultText(path: SettingPath): string {
  const { defaultValue, show } = settingOf(path);
  return show(defaultValue);
}
