// Log lines for people: short, safe to print, and with the address of the stream's page.
import { expect, test } from 'vitest';
import { type LogStyle, renderLogLine } from '../../../server/command/log-lines.ts';

const plain: LogStyle = { hasColor: false, watchUrl: (name) => `http://host:8080/watch/${name}` };
const at = new Date(2026, 0, 2, 3, 4, 5).toISOString();
const line = (entry: object, style = plain): string =>
  renderLogLine(`${JSON.stringify({ level: 'info', time: at, ...entry })}\n`, style);

test('a line is time, stream, words and details', () => {
  expect(line({ msg: 'publishing', stream: 'mystream', remote: '10.0.0.1', why: 'two words' })).toBe(
    '  03:04:05  mystream  publishing  remote=10.0.0.1 why="two words"\n',
  );
  expect(line({ level: 'warn', msg: 'slow' })).toBe('  03:04:05  warn: slow\n');
});

test('a stream that goes live says where it is watched, and no other state does', () => {
  const live = { msg: 'stream state', stream: 'mystream', state: 'live' };
  expect(line(live)).toBe('  03:04:05  mystream  is live  watch it at http://host:8080/watch/mystream\n');
  expect(line({ ...live, state: 'starting' })).not.toContain('http://');
  expect(line(live, { ...plain, watchUrl: () => undefined })).not.toContain('watch it');
});

test('what a peer sent cannot control the terminal', () => {
  const text = line({ msg: 'x\u001b[2J', stream: '\u009b31m', encoder: 'a\r\nb\u0007' });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the text must not contain these
  expect(text.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test('an error keeps its stack, and what is no JSON its text', () => {
  expect(line({ level: 'error', msg: 'uncaught', err: { message: 'm', stack: 'Error: m\n    at x' } })).toBe(
    '  03:04:05  error: uncaught  \nError: m\n    at x\n',
  );
  expect(renderLogLine('Segmentation fault', plain)).toBe('Segmentation fault\n');
  expect(renderLogLine('[1]', plain)).toBe('[1]\n');
});

test('colours mark warnings and errors only where they are wanted', () => {
  expect(line({ level: 'warn', msg: 'w' }, { ...plain, hasColor: true })).toContain(
    '\u001b[33mwarn: w\u001b[0m',
  );
  expect(line({ level: 'warn', msg: 'w' })).not.toContain('\u001b');
});
