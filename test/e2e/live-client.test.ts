// The client that the package exports as `sluice/live`: a program that installed the package compiles against its types, and follows
// the streams of a running gateway.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CHECKOUT, startGateway } from '../support/gateway-process.ts';
import { startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const PROGRAM = `import { type Follow, LiveSocket, type StreamCard } from 'sluice/live';

const socket = new LiveSocket({ url: process.argv[2] ?? '' });
const follow: Follow = socket.follow('streams', {
  onMessage: ({ streams, seq }) => {
    const names: readonly string[] = streams.map(({ name }: StreamCard) => name);
    // The answer to the first ping may come behind the first message.
    if (seq < 2 || socket.skewMs === undefined) return;
    console.log(JSON.stringify({ names, isSkewKnown: typeof socket.skewMs === 'number' }));
    follow.stop();
    socket.close();
  },
  onError: ({ code, message }) => console.error(code, message),
});
`;

/** A folder of a program that has the package and its types. */
function installProgram(): string {
  const folder = temporaryFolder('live');
  mkdirSync(path.join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(CHECKOUT, path.join(folder, 'node_modules/sluice'));
  for (const name of ['node', 'ws'])
    symlinkSync(
      path.join(CHECKOUT, 'node_modules/@types', name),
      path.join(folder, 'node_modules/@types', name),
    );
  symlinkSync(path.join(CHECKOUT, 'node_modules/ws'), path.join(folder, 'node_modules/ws'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'program.ts'), PROGRAM);
  // Node 20 has no WebSocket of its own.
  writeFileSync(path.join(folder, 'socket.js'), "globalThis.WebSocket ??= (await import('ws')).WebSocket;\n");
  return folder;
}

test('sluice/live has types, and follows a gateway in a program without a browser', async () => {
  const gateway = await startGateway();
  const folder = installProgram();
  const compiler = path.join(CHECKOUT, 'node_modules/typescript/bin/tsc');
  const options = ['--module', 'nodenext', '--target', 'es2023', '--strict', '--types', 'node', 'program.ts'];
  const compiled = startProcess(process.execPath, [compiler, ...options], { cwd: folder });
  let complaints = '';
  compiled.child.stdout.on('data', (text) => {
    complaints += String(text);
  });
  const { code } = await compiled.exited;
  expect([code, complaints]).toEqual([0, '']);
  const url = gateway.url('/ws/v1').replace('http', 'ws');
  const program = startProcess(process.execPath, ['--import', './socket.js', 'program.js', url], {
    cwd: folder,
  });
  let said = '';
  program.child.stdout.on('data', (text) => {
    said += String(text);
  });
  expect((await program.exited).code).toBe(0);
  expect(JSON.parse(said)).toEqual({ names: [], isSkewKnown: true });
});
