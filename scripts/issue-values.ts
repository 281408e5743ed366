// The types of server/stats/issue-values.ts as text for the documents, so that these say what the code says.
import { readFileSync } from 'node:fs';

const FILE = new URL('../server/stats/issue-values.ts', import.meta.url);

/** A block of TypeScript with these types, in this order. */
export function typesOfValues(...names: readonly string[]): string {
  const source = readFileSync(FILE, 'utf8');
  const types = names.map((name) => typeIn(source, name).replace(/\bexport |\breadonly /g, ''));
  return ['```ts', types.join('\n\n'), '```'].join('\n');
}

/** The declaration with its comment; there are empty lines around it, and none in it. */
function typeIn(source: string, name: string): string {
  const start = new RegExp(`^(?:/\\*\\* .*\\n)?(?:export )?type ${name} =`);
  const found = source.split('\n\n').find((block) => start.test(block));
  if (found === undefined) throw new Error(`server/stats/issue-values.ts has no type ${name}`);
  return found.trim();
}
