// `-h` and `--help`: examples, options, and settings by section, in lines that fit a terminal.

import { COMMON_SETTINGS } from '../settings/common-settings.ts';
import {
  defaultText,
  describeSetting,
  type SettingSection,
  settingSections,
} from '../settings/setting-texts.ts';
import { environmentNameOf, flagOf, hasFlag, type SettingPath, settingOf } from '../settings/table.ts';
import { EXAMPLE_NAME } from './example-name.ts';

const WIDTH = 80;
const INDENT = '      ';

const OPTIONS: readonly (readonly [string, string])[] = [
  ['--demo', 'publish the clip of the package as "demo"'],
  ['--config FILE', 'read settings from a YAML file (default ./sluice.yaml)'],
  ['--print-config', 'print all settings as a file for --config'],
  ['--print-schema', 'print a JSON Schema of the settings file, for editors'],
  ['--check-ready', 'exit with 0 if the gateway with these settings is ready'],
  ['-h, --help', 'print this, with common settings (-h) or all (--help)'],
  ['-v, --version', 'print the version'],
];

/** `program` is how the user starts it. */
export function renderHelp(program: string, isShort = false): string {
  const settings = isShort
    ? `Common settings (--help shows all):\n\n${COMMON_SETTINGS.map(shortRow).join('')}`
    : settingSections().map(renderSection).join('\n');
  return `sluice: RTMP in, Low-Latency HLS out

Usage: ${program} [options]
       ${program} key add|list|remove (see ${program} key --help)
       ${program} token NAME (see ${program} token --help)

Examples:
  ${program.replace(/ --$/, '')}
      then push to rtmp://localhost/live/${EXAMPLE_NAME}
      and open http://localhost:8080/watch/${EXAMPLE_NAME}
  ${program} --demo
      no encoder needed: open http://localhost:8080/watch/demo
  ${program} --http-port 9090 --hls-dvr 30m --hls-max-memory 2GiB

Options:
${OPTIONS.map(([option, words]) => `  ${option.padEnd(16)} ${words}\n`).join('')}
Every setting is a flag (--rtmp-port 1935), an environment variable
(${environmentNameOf('rtmp.port')}=1935) or a line in the file (rtmp: { port: 1935 }).

${settings}`;
}

function renderSection({ title, paths }: SettingSection): string {
  return `${title}\n${paths.map(fullRow).join('')}`;
}

function shortRow(path: SettingPath): string {
  const [sentence = ''] = settingOf(path).meaning.split(/(?<=[.;:]) /);
  return wrapped(sentence.replace(/[;:]$/, '.'), headOf(path));
}

function fullRow(path: SettingPath): string {
  return wrapped(describeSetting(path), headOf(path));
}

/** `  --hls-part 200ms`, with the default where a value goes. */
function headOf(path: SettingPath): string {
  const shown = defaultText(path);
  const where = hasFlag(path) ? `${flagOf(path)} <value>` : `${path}, in the file or a variable only`;
  return `  ${where}${shown === '' ? '' : `  (default ${shown})`}`;
}

function wrapped(text: string, head: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && INDENT.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${head}\n${lines.map((line) => `${INDENT}${line}\n`).join('')}`;
}
