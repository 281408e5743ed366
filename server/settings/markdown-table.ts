// Renders docs/settings.md and README.md's table of settings.

import { COMMON_SETTINGS } from './frequent-settings.ts';
import { defaultText, describeSetting, settingSections } from './setting-texts.ts';
import { environmentNameOf, flagOf, hasFlag, type SettingPath } from './table.ts';

export function renderSettingsPage(): string {
  const sections = settingSections().map(({ title, paths }) => `## ${title}\n\n${renderTable(paths)}`);
  return `# Settings

\`npm run docs\` writes this page from \`server/settings/table.ts\`.

A setting comes from, in this order: a flag (\`--hls-part\`), an environment variable (\`SLUICE_HLS_PART\`), the settings file, the default.
The settings file is YAML (\`--config FILE\`, else \`./sluice.yaml\`) with sections:

\`\`\`yaml
hls:
  part: 200ms
  segment: 2s
\`\`\`

- Durations need a unit: \`200ms\`, \`2s\`, \`1m\`, \`1h\`. A bare number is refused, because it could mean seconds or milliseconds.
- Sizes are \`512KiB\`, \`64MiB\`, \`2GiB\`; a bare number is bytes.
- Bitrates need a unit: \`800kbit\`, \`6Mbit\`.
- A list has commas (\`a,b\`) in a flag or variable, and is a sequence in the file. A flag may be repeated.
- A map is a repeated flag \`--x key=value\`, a variable \`key=value,other=value\` or a JSON object, or a mapping in the file.
- Publish keys are a sequence of mappings in the file, and a JSON array in a variable. They have no flag, because other users can see
  command lines. \`keys:\` may be the sequence itself. Fields: \`name\`, \`key\` (16 to 64 letters, digits, \`-\`, \`_\`), and
  optionally \`takeover\` (like \`stream.takeover\`), \`expires\` (\`2026-12-31\` or \`2026-12-31T18:00Z\`), \`networks\`,
  \`max-bitrate\`, \`max-viewers\`.
- Admin tokens are the same with \`name\`, \`token\` (24 to 128 letters, digits, \`-\`, \`_\`) and optionally \`scope\`: \`read\` (the default), or
  \`write\`, which may read too.
- \`playback.streams\` is a mapping in the file, and a JSON object in a variable: \`{ show: signed, party: { password: "correct horse" } }\`. It
  and other secrets have no flag.
- \`createGateway()\` takes the same sections with names in camelCase. A number there is milliseconds, bytes or bits per second.

\`--print-config\` prints every setting with its value and origin, as a file for \`--config\`; it shows \`***\` for keys, tokens, passwords and secrets, and for the rest of an address after its host where that can be secret. \`--print-schema\` prints a JSON Schema, so that
editors complete and check the file. The gateway refuses to start with invalid settings.

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
