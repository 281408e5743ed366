// The length of each function in a file, from its first line to its last, including functions inside it.
import { type ESTree, parseSync, Visitor } from 'vite';
import type { SourceFile } from './source-tree.ts';

/** One function, by the name under which it is declared, assigned or stored. */
export type FunctionSize = { readonly name: string; readonly lines: number };

type Span = { readonly start: number; readonly end: number };

/** Every function of a file with code. A class is not a function, but its methods are. */
export function functionSizes(file: SourceFile): FunctionSize[] {
  const { program, errors } = parseSync(file.path, file.text);
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`);
  const names = new Map<number, string>();
  const found: Span[] = [];
  const name = (value: Span | null, key: ESTree.Node) => {
    if (value !== null) names.set(value.start, file.text.slice(key.start, key.end));
  };
  const take = (node: Span) => void found.push(node);
  new Visitor({
    VariableDeclarator: ({ init, id }) => name(init, id),
    PropertyDefinition: ({ value, key }) => name(value, key),
    MethodDefinition: ({ value, key }) => name(value, key),
    Property: ({ value, key }) => name(value, key),
    FunctionDeclaration: (node) => {
      if (node.id !== null) name(node, node.id);
      take(node);
    },
    FunctionExpression: take,
    ArrowFunctionExpression: take,
  }).visit(program);
  const lineAt = lineCounter(file.text);
  return found.map(({ start, end }) => ({
    name: names.get(start) ?? `line ${lineAt(start)}`,
    lines: lineAt(end) - lineAt(start) + 1,
  }));
}

function lineCounter(text: string): (offset: number) => number {
  return (offset) => text.slice(0, offset).split('\n').length;
}
