// No handler of a socket, server, stream or timer can end the process: each is `guarded`. The rule is also tested with
// faults.
import { describe, expect, test } from 'vitest';
import { filesOf, unguardedHandlers } from './guard-rules.ts';
import { readSources, type SourceFile } from './source-tree.ts';

/** Rooms of server/ whose handlers are all guarded. */
const GUARDED_ROOMS: readonly string[] = [
  'http',
  'certificate',
  'ingest',
  'live',
  'hls',
  'relay',
  'access',
  'store',
  'app',
];

/** The program that uses the library must handle what its own listener throws: it must not be hidden. */
const OF_THE_PROGRAM = /^server\/app\.ts: queueMicrotask\( .*this\.emit\(/;

const server = readSources('server').filter(({ path }) => path.endsWith('.ts'));
const at = (text: string): SourceFile => ({ path: 'server/http/planted.ts', text });

describe('the tree keeps', () => {
  test.each(GUARDED_ROOMS)('handlers of %s guarded', (room) => {
    const files = filesOf([room], server);
    expect(files.length).toBeGreaterThan(0);
    expect(unguardedHandlers(files).filter((found) => !OF_THE_PROGRAM.test(found))).toEqual([]);
  });
});

describe('a fault is found:', () => {
  test.each([
    ['on', "socket.on('data', (bytes) => parse(bytes));"],
    ['once', "response.once('close', () => {\n  pins.release();\n});"],
    ['prependListener', "server.prependListener('connection', (socket) => admit(socket));"],
    ['addListener', "stream.addListener('end', finish);"],
    ['a name of a plain function', "const finish = () => stop();\nsocket.on('end', finish);"],
    ['a private name', "this.#onEnd = () => stop();\nsocket.on('end', this.#onEnd);"],
    ['a name that is guarded once only', "let f = guarded(g, a);\nf = () => b();\nsocket.on('end', f);"],
    ['createServer', 'const server = createServer(OPTIONS, (socket) => converse(socket));'],
    ['createServer without options', 'createServer((request, response) => handle(request, response));'],
    ['createServer by another name', 'createTlsServer({ a: 1 }, function (socket) { take(socket); });'],
    ['setTimeout', 'const timer = setTimeout(() => close(), 1_000);'],
    ['setInterval', 'this.#timer = setInterval(() => this.#sweep(), 1_000).unref();'],
    ['setImmediate', 'setImmediate(() => look());'],
    ['queueMicrotask', 'queueMicrotask(() => this.emit(name));'],
    ['nextTick', 'process.nextTick(() => socket.pause());'],
    ['watchFile', 'watchFile(file, { interval: 2 }, this.#look);'],
    ['a comma in a text before it', "socket.on('a,b)', (x) => f(x));"],
    ['a promise that is settled with a call', "socket.on('end', () => resolve(parse(bytes)));"],
  ])('%s', (_name, text) => {
    expect(unguardedHandlers([at(text)])).toHaveLength(1);
  });
});

describe('what is right is let through:', () => {
  test.each([
    ['guarded in place', "socket.on('data', guarded(guard, (bytes) => parse(bytes)));"],
    ['over several lines', "socket.once(\n  'close',\n  guarded({ log }, () => end()),\n);"],
    ['by name', "const end = guarded(guard, () => stop());\nsocket.on('end', end);"],
    ['by private name', "this.#end = guarded(guard, () => stop());\nsocket.on('end', this.#end);"],
    ['by a field', 'readonly #look = guarded({ log }, () => look());\nwatchFile(file, {}, this.#look);'],
    ['nothing', "socket.on('error', () => {});"],
    ['a promise', "server.once('error', reject);\nserver.once('close', () => resolve());"],
    ['a promise after a time', 'setTimeout(resolve, 1_000);'],
    ['a time limit of a socket', 'socket.setTimeout(20_000);'],
    ['a server with options alone', 'createServer({ allowHalfOpen: true, f: () => 1 });\ncreateServer();'],
    ['a comment', "// socket.on('data', (bytes) => parse(bytes));"],
  ])('%s', (_name, text) => {
    expect(unguardedHandlers([at(text)])).toEqual([]);
  });

  test('rooms are folders and single files', () => {
    const files = ['server/http/a.ts', 'server/app.ts', 'server/httpx/b.ts'].map((path) => ({
      path,
      text: '',
    }));
    expect(filesOf(['http', 'app'], files).map(({ path }) => path)).toEqual([
      'server/http/a.ts',
      'server/app.ts',
    ]);
  });
});
