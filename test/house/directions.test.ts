// The pages can be written from right to left: style sheets say start and end, not left and right; and a text is read when it is
// shown, because its language is loaded after the module.
import { expect, test } from 'vitest';
import { codeOf, readSources, type SourceFile } from './source-tree.ts';

const SIDE =
  /(?:^|[\s;{])(?:(?:scroll-)?(?:margin|padding)-(?:left|right)|border-(?:left|right)(?:-\w+)?|border-(?:top|bottom)-(?:left|right)-radius|left|right)\s*:|(?:float|clear|text-align|justify-\w+)\s*:\s*(?:left|right)\b/;
const FOUR_SIDES = /(?:^|[\s;{])(?:margin|padding|inset|scroll-\w+)\s*:\s*([^;]+);/;
/** The beginning of a constant that the module makes at its start, and of what ends it. */
const MODULE_CONSTANT = /^(?:export )?const \w+[^=]*= (?:[[{]|new |element\()/;
const TEXTS = /^const \{([^}]+)\} = \w*[wW]ords\b/gm;

const web = readSources('web').filter(({ path }) => !path.startsWith('web/words/'));
const sheets = web.filter(({ path }) => path.endsWith('.css'));
/** An entry loads the texts before its constants are made. */
const modules = web.filter(({ path }) => path.endsWith('.ts') && !path.endsWith('/main.ts'));

test('style sheets name no left and right', () => {
  expect(sheets.length).toBeGreaterThan(10);
  expect(sheets.flatMap(physicalSides)).toEqual([]);
  for (const text of [
    '.a { left: 0; }',
    '  margin-right: 4px;',
    'border-top-left-radius: 0;',
    'text-align: right;',
    'padding: 1px 2px 3px 4px;',
    'inset: 0 auto 0 calc(1px + 2px);',
  ])
    expect(physicalSides({ path: 'web/x.css', text }), text).toHaveLength(1);
  for (const text of [
    'inset-inline-start: 0;',
    'padding: 1px 2px 3px 2px;',
    'text-align: start;',
    '--left: 1;',
  ])
    expect(physicalSides({ path: 'web/x.css', text }), text).toEqual([]);
});

test('no constant of a module holds a text', () => {
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.flatMap(earlyTexts)).toEqual([]);
  const texts = 'const { stats } = words;\n';
  const at = (text: string) => earlyTexts({ path: 'web/x.ts', text });
  expect(at(`${texts}const ROWS = [\n  { term: stats.viewers },\n];\n`)).toHaveLength(1);
  expect(at("const a = element('p', {}, watchWords.reload);\n")).toHaveLength(1);
  expect(at(`${texts}const ROWS = [\n  { term: () => stats.viewers },\n];\n`)).toEqual([]);
  expect(at(`${texts}function f() {\n  return [stats.viewers];\n}\n`)).toEqual([]);
});

function physicalSides({ path, text }: SourceFile): string[] {
  return text.split('\n').flatMap((line, index) => {
    const sides = FOUR_SIDES.exec(line)?.[1]?.match(/[^\s(]+(?:\([^)]*\))?/g) ?? [];
    const isUneven = sides.length === 4 && sides[1] !== sides[3];
    return SIDE.test(line) || isUneven ? [`${path}:${index + 1}: ${line.trim()}`] : [];
  });
}

/** Texts in the lines of constants at the start of a module, up to the line that closes them, outside functions. */
function earlyTexts(file: SourceFile): string[] {
  const code = codeOf(file);
  const groups = [...code.matchAll(TEXTS)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.split(':').at(-1)?.trim() ?? ''),
  );
  const text = new RegExp(`\\b(?:${[...groups, 'words', '\\w+Words'].join('|')})\\.\\w`);
  const found: string[] = [];
  let isInside = false;
  for (const line of code.split('\n')) {
    if (MODULE_CONSTANT.test(line)) isInside = true;
    if (isInside && text.test(line) && !/=>|^\s+return\b/.test(line) && !/^const \{/.test(line)) {
      found.push(`${file.path}: ${line.trim()}`);
    }
    if (/^[\])}]|;$/.test(line) && !line.startsWith(' ')) isInside = false;
  }
  return found;
}
