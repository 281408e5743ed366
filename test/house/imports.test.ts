// Imports go down only and have no cycles, and outside packages are used only at the edges. Each rule is also tested with
// a fault.
import { describe, expect, test } from 'vitest';
import {
  beyondTheChecker,
  brokenFloors,
  brokenWebFloors,
  brokenWebImports,
  circles,
  circlesAtRuntime,
  pastTheDoor,
  strayConfig,
  strayEnvironment,
  strayPackages,
  strayWebPackages,
} from './import-rules.ts';
import { importsOf, readSources, type SourceFile } from './source-tree.ts';

const server = readSources('server').filter((file) => file.path.endsWith('.ts'));
const web = readSources('web').filter((file) => file.path.endsWith('.ts'));

const at = (path: string, text: string): SourceFile => ({ path, text });

describe('the tree keeps', () => {
  test.each([
    ['floors', brokenFloors],
    ['one door between HTTP and HLS', pastTheDoor],
    ['the checker apart from the gateway', beyondTheChecker],
    ['no circles', circles],
    ['sockets and HTTP at the edges', strayPackages],
    ['the environment in settings/sources.ts', strayEnvironment],
    ['sources of settings at the top', strayConfig],
  ])('%s', (_name, rule) => {
    expect(server.length).toBeGreaterThan(0);
    expect(rule(server)).toEqual([]);
  });

  test('pages apart from the server', () => {
    expect(brokenWebImports(web)).toEqual([]);
    expect(circlesAtRuntime(web)).toEqual([]);
  });

  test('floors among the rooms of the pages, and hls.js in the player', () => {
    expect(web.length).toBeGreaterThan(0);
    expect(brokenWebFloors(web)).toEqual([]);
    expect(strayWebPackages(web)).toEqual([]);
  });
});

describe('a fault is found:', () => {
  test.each([
    ['upward', at('server/codec/avc.ts', "import { x } from '../media/track.ts';")],
    ['sideways', at('server/rtmp/session.ts', "import { x } from '../flv/video-tag.ts';")],
    ['sideways at the edges', at('server/http/pages.ts', "import { x } from '../ingest/rtmp-server.ts';")],
    ['a type alone', at('server/hls/segmenter.ts', "import type { X } from '../http/pages.ts';")],
    ['re-export', at('server/media/track.ts', "export * from '../live/live-stream.ts';")],
    ['dynamic', at('server/live/live-stream.ts', "const x = await import('../hls/rendition.ts');")],
    ['several lines', at('server/bytes/byte-reader.ts', "import {\n  a,\n  b,\n} from '../codec/avc.ts';")],
    ['out of the server', at('server/http/pages.ts', "import { x } from '../../web/page/words.ts';")],
    ['the composition root', at('server/http/pages.ts', "import { x } from '../app.ts';")],
    [
      'what the WebSocket tells, in the hub',
      at('server/live/sink.ts', "import type { X } from '../stats/stats-message.ts';"),
    ],
    ['an unknown room', at('server/attic/box.ts', '')],
  ])('floors, %s', (_name, file) => {
    expect(brokenFloors([file])).toHaveLength(1);
  });

  test.each([
    ['a type', "import type { HlsOutput } from '../hls/hls-output.ts';"],
    ['a value', "import { LocalOrigin } from '../hls/local-origin.ts';"],
    ['a re-export', "export { slicesOf } from '../hls/segment-ring.ts';"],
  ])('past the door of HLS, %s', (_name, text) => {
    expect(pastTheDoor([at('server/http/hls-handler.ts', text)])).toHaveLength(1);
  });

  test('the checker that knows the gateway', () => {
    expect(
      beyondTheChecker([at('server/check/rules.ts', "import { x } from '../media/track.ts';")]),
    ).toHaveLength(1);
    expect(beyondTheChecker([at('server/check/rules.ts', "import { x } from '../codec/aac.ts';")])).toEqual(
      [],
    );
  });

  test('circles', () => {
    const knot = [
      at('server/hls/a.ts', "import { b } from './b.ts';"),
      at('server/hls/b.ts', "import { c } from './c.ts';"),
      at('server/hls/c.ts', "import type { A } from './a.ts';"),
    ];
    expect(circles(knot)).toEqual([
      'server/hls/a.ts -> server/hls/b.ts -> server/hls/c.ts -> server/hls/a.ts',
    ]);
    expect(circlesAtRuntime(knot)).toEqual([]);
    expect(circlesAtRuntime(knot.slice(0, 1).concat(at('server/hls/b.ts', "import './a.ts';")))).toHaveLength(
      1,
    );
  });

  test.each([
    ['a socket in a protocol', at('server/rtmp/session.ts', "import { connect } from 'node:net';")],
    ['TLS by its short name', at('server/live/live-stream.ts', "import tls from 'tls';")],
    ['express in the root', at('server/app.ts', "import express from 'express';")],
    ['HTTP in ingest', at('server/ingest/rtmp-server.ts', "import type { Server } from 'node:http';")],
    ['WebSocket in stats', at('server/stats/collect-stats.ts', "import { WebSocket } from 'ws';")],
  ])('packages, %s', (_name, file) => {
    expect(strayPackages([file])).toHaveLength(1);
  });

  test.each([
    ['dotted', "if (process.env['HOME'] !== undefined) start();"],
    ['bracketed', "const { HOME } = process['env'];"],
    ['imported', "import { env } from 'node:process';"],
  ])('environment, %s', (_name, text) => {
    expect(strayEnvironment([at('server/log.ts', text)])).toHaveLength(1);
  });

  test('sources of settings in a room', () => {
    expect(
      strayConfig([at('server/http/pages.ts', "import type { Config } from '../settings/sources.ts';")]),
    ).toHaveLength(1);
  });

  test.each([
    ['upward', at('web/player/player.ts', "import { x } from '../stage/stage.ts';")],
    ['sideways', at('web/watch/main.ts', "import { x } from '../setup/live-list.ts';")],
    ['a type of the root', at('web/stage/stage.ts', "import type { X } from '../live-page.ts';")],
    ['a file without a room', at('web/odds.ts', '')],
    ['into a file without a room', at('web/live/live-status.ts', "import { x } from '../odds.ts';")],
  ])('floors of the pages, %s', (_name, file) => {
    expect(brokenWebFloors([file])).toHaveLength(1);
  });

  test('hls.js outside the player', () => {
    const file = at('web/stage/stage.ts', "import type Hls from 'hls.js';");
    expect(strayWebPackages([file])).toHaveLength(1);
  });

  test.each([
    ['a value of the wire types', "import { X } from '../../server/stats/stats-message.ts';"],
    ['types of another room', "import type { X } from '../../server/live/live-stream.ts';"],
  ])('pages, %s', (_name, text) => {
    expect(brokenWebImports([at('web/player/player.ts', text)])).toHaveLength(1);
  });
});

describe('what is right is let through:', () => {
  test('downward imports, types of HTTP in the root, an import in a comment', () => {
    const good = [
      at(
        'server/hls/rendition.ts',
        "import { a } from '../live/sink.ts';\nimport { b } from './segment.ts';",
      ),
      at('server/app.ts', "// import x from 'express';\nimport type { Server } from 'node:http';"),
      at('server/stats/collect-stats.ts', "import type { T } from './stats-message.ts';"),
      at('server/http/hls-handler.ts', "import type { HlsOrigin } from '../hls/hls-origin.ts';"),
      at('server/settings/sources.ts', 'const home = process.env;'),
    ];
    for (const rule of [brokenFloors, pastTheDoor, circles, strayPackages, strayEnvironment, strayConfig]) {
      expect(rule(good)).toEqual([]);
    }
  });

  test('every way to write an import is read', () => {
    const text = [
      "import './a.ts';",
      "import b from './b.ts';",
      "import c, { type D } from './c.ts';",
      "import * as e from './e.ts';",
      "import type { F } from './f.ts';",
      "export { g } from './g.ts';",
      "export type * from './h.ts';",
      "const i = () => import('./i.ts');",
    ].join('\n');
    const found = importsOf(at('server/x.ts', text));
    expect(found.map(({ target }) => target)).toEqual([...'abcefghi'].map((name) => `server/${name}.ts`));
    expect(found.filter(({ isTypeOnly }) => isTypeOnly).map(({ specifier }) => specifier)).toEqual([
      './f.ts',
      './h.ts',
    ]);
  });
});
