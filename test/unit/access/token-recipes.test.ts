// The recipes of docs/playback-tokens.md, run by their interpreters.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readPlaybackToken } from '../../../server/access/playback-token.ts';
import { SCRYPT_HASH } from '../../../server/settings/playback.ts';

const DOCUMENT = readFileSync(path.resolve(import.meta.dirname, '../../../docs/playback-tokens.md'), 'utf8');
const SECRET = '0123456789abcdef0123456789abcdef';
const SECONDS = 7_200;

/** The first block of a language in the document. */
function recipe(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(DOCUMENT)?.[1] ?? '';
}

const isHere = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

test.for<[string, string, string[], (name: string, code: string) => string]>([
  [
    'Node',
    process.execPath,
    ['--input-type=commonjs', '-e'],
    (name, code) =>
      `const name = '${name}', secret = '${SECRET}', seconds = ${SECONDS};\n${code}\nprocess.stdout.write(token);`,
  ],
  [
    'Python',
    'python3',
    ['-c'],
    (name, code) =>
      `name = '${name}'; secret = '${SECRET}'; seconds = ${SECONDS}\n${code}\nprint(token, end='')`,
  ],
  [
    'PHP',
    'php',
    ['-r'],
    (name, code) => `$name = '${name}'; $secret = '${SECRET}'; $seconds = ${SECONDS};\n${code}\necho $token;`,
  ],
])('the recipe in %s makes a token', ([language, program, args, around], { skip }) => {
  if (!isHere(program)) return skip(`${program} is not installed`);
  const code = recipe({ Node: 'js', Python: 'python', PHP: 'php' }[language] ?? '');
  expect(code.trim().split('\n')).toHaveLength(3);
  for (const name of ['show', 'a-longer_name', 'show network=192.0.2.0/24 viewer=ann']) {
    const before = Math.floor(Date.now() / 1000);
    const { stdout, stderr } = spawnSync(program, [...args, around(name, code)], { encoding: 'utf8' });
    const terms = readPlaybackToken(stdout, [SECRET]);
    expect(terms, stderr).toBeDefined();
    expect(name).toBe(
      `${terms?.name}${terms?.network === undefined ? '' : ` network=${terms.network} viewer=${terms.viewer}`}`,
    );
    const lastsS = (terms?.expiresAt ?? 0) / 1000 - before;
    expect(lastsS).toBeGreaterThanOrEqual(SECONDS);
    expect(lastsS).toBeLessThan(SECONDS + 60);
  }
});

test('the command for a password prints a hash', () => {
  const command = recipe('sh').replace(/^node /, `'${process.execPath}' `);
  const { stdout, stderr } = spawnSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(stdout.trim(), stderr).toMatch(SCRYPT_HASH);
});
