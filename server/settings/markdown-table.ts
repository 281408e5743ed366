// The tables of settings in docs/settings.md and README.md, written from the table that the program reads.

import { defaultText, describeSetting, settingSections } from './setting-texts.ts';
import { COMMON_SETTINGS, environmentNameOf, flagOf, hasFlag, type SettingPath } from './table.ts';

/** docs/settings.md as a whole. */
export function renderSettingsPage(): string {
  const sections = settingSections().map(({ title, paths }) => `## ${title}\n\n${renderTable(paths)}`);
  return `# Settings

This page is written by \`npm run docs\` from the table that the program reads.

A flag wins over an environment variable, that over the settings file, that over the default. The flag of \`hls.part\` is
\`--hls-part\`, its environment variable \`SLUICE_HLS_PART\`. In the settings file (YAML; \`--config FILE\`, else
\`./sluice.yaml\`) settings stand in sections:

\`\`\`yaml
hls:
  part: 200ms
  segment: 2s
\`\`\`

- Durations need a unit: \`200ms\`, \`2s\`, \`1m\`, \`1h\`. A bare number is refused, because it could mean seconds or milliseconds.
- Sizes are \`512KiB\`, \`64MiB\`, \`2GiB\`; a bare number is bytes.
- Bitrates need a unit: \`800kbit\`, \`6Mbit\`.
- A list is written with commas (\`a,b\`) in a flag or variable, and as a sequence in the file. A flag may be repeated.
- A map is \`--x key=value\`, repeated, in flags; \`key=value,other=value\` or a JSON object in a variable; a mapping in the file.
- Records, such as publish keys, are a sequence of mappings in the file and a JSON array in a variable. They hold secrets, so there is
  no flag. \`keys:\` may be that sequence itself. Fields: \`name\`, \`key\` (16 to 64 letters, digits, \`-\`, \`_\`), and perhaps
  \`takeover\` (as \`stream.takeover\`), \`expires\` (\`2026-12-31\` or \`2026-12-31T18:00Z\`), \`networks\`, \`max-bitrate\`.
- \`createGateway()\` takes the same sections with names in camelCase. A number is milliseconds, bytes or bits per second there.

\`--print-config\` prints every setting with its value and its origin, as a file that \`--config\` takes; keys are left out of it. \`--print-schema\` prints
a JSON Schema, with which editors complete and check the file. Settings that cannot work are refused at start.

${sections.join('\n')}`;
}

/** The settings that most installations change, for README.md. */
export function renderCommonSettings(): string {
  return renderTable(COMMON_SETTINGS);
}

function renderTable(paths: readonly SettingPath[]): string {
  const rows = paths.map((path) => {
    const shown = defaultText(path);
    return [
      code(path),
      hasFlag(path) ? code(flagOf(path)) : 'none',
      code(environmentNameOf(path)),
      shown === '' ? 'empty' : code(shown),
      describeSetting(path),
    ];
  });
  const table = [
    ['Setting', 'Flag', 'Environment', 'Default', 'Meaning'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return table.map((cells) => `| ${cells.map(escapeCell).join(' | ')} |\n`).join('');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar would end the cell (GitHub Flavored Markdown, clause 4.10). */
function escapeCell(text: string): string {
  return text.replaceAll('|', '\\|');
}
