// Handlers that could end the process: Node ends it when a listener or a timer's callback throws, so each must be
// `guarded`.
import { codeOf, type SourceFile } from './source-tree.ts';

/** Calls that take a handler, and the position of that argument; `last` is for calls with options before it. */
const HANDLER_CALLS: readonly { readonly call: RegExp; readonly at: number | 'last' }[] = [
  { call: /\.(?:on|once|addListener|prependListener|prependOnceListener)\s*\(/g, at: 1 },
  { call: /(?<![.\w#])(?:setTimeout|setInterval|setImmediate|queueMicrotask)\s*\(/g, at: 0 },
  { call: /\bprocess\.nextTick\s*\(/g, at: 0 },
  { call: /(?<![.\w#])create(?:Tls|Secure)?Server\s*\(/g, at: 'last' },
  { call: /(?<![.\w#])watchFile\s*\(/g, at: 'last' },
];

/** Forms that cannot throw. */
const HARMLESS: readonly RegExp[] = [
  /^\(\) => \{\}$/,
  // Settles a promise: the code that waits for it runs later, and its errors are rejections.
  /^(?:resolve|reject)$/,
  /^\(\w*\) => (?:void )?(?:resolve|reject)\(\w*\)$/,
];
/** The name of a variable, a property or a private field. */
const NAME = /^(?:this\.)?(#?\w+)$/;
/** A possible handler: a function written here, or the name of one. */
const IS_FUNCTION = /^(?:async\b|function\b|\(|\w+ =>)/;
const IS_CONSTANT = /^[A-Z_]+$/;

/** Every handler in `files` that may throw. */
export function unguardedHandlers(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const code = codeOf(file);
    return HANDLER_CALLS.flatMap(({ call, at }) =>
      [...code.matchAll(call)].flatMap((match) => {
        const args = argumentsFrom(code, match.index + match[0].length);
        const handler = at === 'last' ? args.at(-1) : args[at];
        if (handler === undefined || isGuarded(handler, code)) return [];
        // A server without a listener, or only options.
        const isOptions = IS_CONSTANT.test(handler) || !(IS_FUNCTION.test(handler) || NAME.test(handler));
        if (at === 'last' && isOptions) return [];
        return [
          `${file.path}: ${match[0].trim()} has a handler that is not guarded: ${handler.slice(0, 60)}`,
        ];
      }),
    );
  });
}

/** The files of rooms: folders of server/, or files directly in it. */
export function filesOf(rooms: readonly string[], files: readonly SourceFile[]): SourceFile[] {
  return files.filter(({ path }) =>
    rooms.some((room) => path === `server/${room}.ts` || path.startsWith(`server/${room}/`)),
  );
}

function isGuarded(handler: string, code: string): boolean {
  if (handler.startsWith('guarded(') || HARMLESS.some((form) => form.test(handler))) return true;
  const name = NAME.exec(handler)?.[1];
  if (name === undefined) return false;
  // Every value assigned to the name in this file, with or without a type.
  const given = [...code.matchAll(new RegExp(`(?<![\\w#])${name}(?:: [^=;]+)? = (\\S+)`, 'g'))];
  return given.length > 0 && given.every(([, value]) => value?.startsWith('guarded(') === true);
}

/** The arguments of a call whose parenthesis opens just before `start`, as written, with spaces joined. */
function argumentsFrom(code: string, start: number): string[] {
  const found: string[] = [];
  let depth = 0;
  let from = start;
  const take = (until: number): void => {
    const text = code.slice(from, until).replace(/\s+/g, ' ').trim();
    if (text !== '') found.push(text);
    from = until + 1;
  };
  for (let at = start; at < code.length; at += 1) {
    const character = code[at] ?? '';
    if (`'"\``.includes(character)) at = endOfText(code, at);
    else if ('([{'.includes(character)) depth += 1;
    else if (')]}'.includes(character)) {
      if (depth === 0) {
        take(at);
        return found;
      }
      depth -= 1;
    } else if (character === ',' && depth === 0) take(at);
  }
  return found;
}

/** The end of the string that begins at `start`. */
function endOfText(code: string, start: number): number {
  for (let at = start + 1; at < code.length; at += 1) {
    if (code[at] === '\\') at += 1;
    else if (code[at] === code[start]) return at;
  }
  return code.length;
}
