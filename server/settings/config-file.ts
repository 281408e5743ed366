// The output of --print-config: a settings file with the current settings.

import { loadPackage } from '../packages.ts';
import type { Config } from './sources.ts';
import { sectionOf, settingOf, settingPaths } from './table.ts';

/** The suggested name for the output of `--print-schema`. */
const SCHEMA_FILE = 'sluice.schema.json';

/** YAML with the origin of each value as a comment. */
export function renderConfigFile({ settings, origins }: Config, version: string): string {
  const { stringify } = loadPackage<typeof import('yaml')>('yaml');
  const rows = settingPaths().map((path) => {
    const [, key = ''] = path.split('.');
    const value = stringify(settingOf(path).toFile(settings[path]), {
      collectionStyle: 'flow',
      lineWidth: 0,
    });
    return {
      section: sectionOf(path),
      text: `  ${key}: ${value.trimEnd()}`,
      origin: origins.get(path) ?? 'default',
    };
  });
  const width = Math.min(Math.max(...rows.map(({ text }) => text.length)), 48);
  const names = [...new Set(rows.map(({ section }) => section))];
  const body = names.map((name) => {
    const lines = rows
      .filter(({ section }) => section === name)
      .map(({ text, origin }) => `${text.padEnd(width)} # ${commentOf(origin)}`);
    return `${[`${name}:`, ...lines].join('\n')}\n`;
  });
  return `# yaml-language-server: $schema=${SCHEMA_FILE}
# Settings of sluice ${version}. Use it with --config FILE, or as ./sluice.yaml. Editors check it with the schema that
# --print-schema prints, kept beside it as ${SCHEMA_FILE}.

${body.join('\n')}`;
}

/** A line break in a file's name would end the comment. */
function commentOf(origin: string): string {
  return origin.replaceAll(/[\r\n]/g, ' ');
}
