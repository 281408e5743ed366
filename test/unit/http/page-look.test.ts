// The operator's look of the pages: colours that can be read, a title, a logo, and clear errors for what cannot be used.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { createGateway } from '../../../server/app.ts';
import { styleOf } from '../../../server/http/page-look.ts';
import { contrast } from '../../../server/settings/page-settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { openGateway } from '../gateway-fixture.ts';

function logoFile(name: string, bytes: string | Buffer): string {
  const folder = temporaryFolder('logo');
  const file = path.join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

describe('the accent', () => {
  it('has the contrasts of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });

  it.each(['#4fd1c5', '#ff0000', '#ffff00', '#8a63d2', '#ffffff'])('%s can be read everywhere', (accent) => {
    const style = styleOf(accent);
    const shade = (name: string): string => new RegExp(`--own-${name}:(#[0-9a-f]{6})`).exec(style)?.[1] ?? '';
    expect(shade('accent')).toBe(accent);
    expect(contrast(accent, shade('accent-ink'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(shade('accent-text-dark'), '#1b2530')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(shade('accent-text-light'), '#e8edf2')).toBeGreaterThanOrEqual(4.5);
  });

  it.each([
    ['#000080', /contrast .* is 1\.\d:1, .* 3:1/],
    ['teal', /six hexadecimal digits/],
    ['#12345', /six hexadecimal digits/],
    ['red;}body{display:none', /six hexadecimal digits/],
  ])('%s is refused at the start', (accent, why) => {
    expect(() => createGateway({ pages: { accent } })).toThrowError(why);
  });
});

test('the pages have the look of the settings', async () => {
  const logo = logoFile('logo.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const open = await openGateway({ pages: { accent: 'F80', title: 'Kanal <b>"7"', logo } });
  for (const page of ['/', '/watch/a', '/embed/a']) {
    const html = await (await fetch(open.url(page))).text();
    expect(html).toContain('Kanal &lt;b&gt;&quot;7&quot;</title>');
    expect(html).toContain('content="Kanal &lt;b&gt;&quot;7&quot;"');
    const [style = '', picture = ''] = [/look-\w+\.css/, /logo-\w+\.svg/].map((one) => one.exec(html)?.[0]);
    const css = await fetch(open.url(`/assets/${style}`));
    expect(css.headers.get('content-type')).toContain('text/css');
    expect(await css.text()).toContain('--own-accent:#ff8800');
    const file = await fetch(open.url(`/assets/${picture}`));
    expect(file.headers.get('content-type')).toBe('image/svg+xml');
    // Opened by itself, the file may hold scripts.
    expect(file.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
  }
});

test.each([
  ['a file that is missing', '/nowhere/logo.png', /no such file/],
  ['a file of another kind', '/nowhere/logo.html', /must end with/],
])('%s is no logo', (_what, logo, why) => {
  expect(() => createGateway({ pages: { logo } })).toThrowError(why);
});

test('a large file is no logo', () => {
  const logo = logoFile('logo.png', Buffer.alloc(256 * 1024 + 1));
  expect(() => createGateway({ pages: { logo } })).toThrowError(/262145 bytes, at most 262144/);
});

test('a title of several lines is refused', () => {
  expect(() => createGateway({ pages: { title: 'a\nb' } })).toThrowError(/without line breaks/);
});
