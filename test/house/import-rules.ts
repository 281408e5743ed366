// Folders are floors: which folder may import which. Each rule names every import that breaks it.
import { codeOf, type Import, importsOf, type SourceFile } from './source-tree.ts';

/**
 * From the ground up. A room imports from lower floors and from itself, never from the same floor. A room is a folder of
 * server/, or a file directly in it.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['errors', 'clock', 'file-fault', 'memoized', 'packages'],
  ['bytes', 'log', 'reachable-hosts', 'package-files'],
  ['address', 'event-log', 'guard', 'memory-limits'],
  [
    'settings',
    'certificate',
    'early-port',
    'private-address',
    'every-seconds',
    'small-steps',
    'peer-rates',
    'outbound',
    'proxied',
  ],
  ['codec', 'limit-tally', 'store'],
  ['media'],
  ['rtmp', 'flv', 'mp4', 'captions', 'check'],
  ['live'],
  ['hls', 'stats', 'access', 'api'],
  ['ingest', 'relay', 'http', 'doctor'],
  ['component-options', 'gateway-events', 'gateway-info'],
  ['webhooks'],
  ['limits-side'],
  ['gateway', 'access-side', 'http-side', 'operator-side', 'stats-side'],
  ['app'],
  ['index', 'command'],
  ['main'],
];

/** The same for web/. */
const WEB_FLOORS: readonly (readonly string[])[] = [
  ['words', 'frame'],
  ['page'],
  ['player', 'live', 'host', 'doctor'],
  ['stage'],
  ['live-page'],
  ['setup', 'watch', 'embed', 'dashboard', 'report'],
];

/** The only file that reads flags, environment and files. */
const SETTINGS_SOURCES = 'server/settings/sources.ts';

/** The only file of hls/ that http/ may import. */
const HLS_DOOR = 'server/hls/hls-origin.ts';

/** What pages and the gateway say to each other. */
const WIRE_TYPES: readonly string[] = [
  'server/stats/stats-message.ts',
  'server/stats/operator-message.ts',
  'server/stats/issue-values.ts',
];

/** Rooms that the checker may import. */
const CHECKER_MAY: readonly string[] = ['check', 'bytes', 'clock', 'codec', 'errors'];

type Package = {
  readonly names: readonly string[];
  /** Rooms that may use them. */
  readonly rooms: readonly string[];
  /** Rooms that may use their types. */
  readonly typeRooms: readonly string[];
};

const GUARDED_PACKAGES: readonly Package[] = [
  {
    names: ['node:net'],
    rooms: ['address', 'early-port', 'settings', 'ingest', 'relay', 'command', 'proxied'],
    typeRooms: ['http', 'app', 'index'],
  },
  {
    names: ['node:tls'],
    rooms: ['certificate', 'ingest', 'relay', 'http', 'outbound'],
    typeRooms: ['app', 'index'],
  },
  {
    names: ['express', 'ws', 'node:http2'],
    rooms: ['http', 'command'],
    typeRooms: ['app', 'index'],
  },
  {
    names: ['node:http', 'node:https'],
    rooms: ['http', 'command', 'outbound'],
    typeRooms: ['app', 'index'],
  },
];

/** Large packages, and the only room of web/ that may use each. */
const WEB_PACKAGES: readonly Package[] = [
  { names: ['hls.js'], rooms: ['player'], typeRooms: [] },
  { names: ['uplot'], rooms: ['dashboard'], typeRooms: [] },
];

/** Imports of a room that is not on a lower floor. */
export function brokenFloors(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const from = roomOf(file.path);
    if (floorOf(from, FLOORS) === -1)
      return [`${file.path}: the room ${from} has no floor in test/house/import-rules.ts`];
    return importsOf(file).flatMap(({ target }) => {
      if (target === undefined) return [];
      if (!target.startsWith('server/')) return [`${file.path}: imports ${target}, which is outside server/`];
      return upwardImport(file, target, FLOORS);
    });
  });
}

/** Imports of the checker from the gateway: it checks any server's streams, so it may share only records of codecs. */
export function beyondTheChecker(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => roomOf(file.path) === 'check')
    .flatMap((file) =>
      importsOf(file).flatMap(({ target }) =>
        target === undefined || CHECKER_MAY.includes(roomOf(target))
          ? []
          : [`${file.path}: check may import only ${CHECKER_MAY.join(', ')}, not ${target}`],
      ),
    );
}

/** The same for the rooms of web/, without the build configuration; `brokenWebImports` checks imports from outside web/. */
export function brokenWebFloors(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path !== 'web/vite.config.ts')
    .flatMap((file) => {
      const from = roomOf(file.path);
      if (floorOf(from, WEB_FLOORS) === -1)
        return [`${file.path}: the room ${from} has no floor in test/house/import-rules.ts`];
      return importsOf(file).flatMap(({ target }) =>
        target?.startsWith('web/') ? upwardImport(file, target, WEB_FLOORS) : [],
      );
    });
}

function upwardImport(file: SourceFile, target: string, floors: typeof FLOORS): string[] {
  const from = roomOf(file.path);
  const to = roomOf(target);
  if (to === from) return [];
  const toFloor = floorOf(to, floors);
  if (toFloor !== -1 && toFloor < floorOf(from, floors)) return [];
  return [`${file.path}: ${from} must not import ${target}`];
}

/** Imports of http/ from hls/ other than the interface of origins. */
export function pastTheDoor(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => roomOf(file.path) === 'http')
    .flatMap((file) =>
      importsOf(file).flatMap(({ target }) =>
        target === undefined || roomOf(target) !== 'hls' || target === HLS_DOOR
          ? []
          : [`${file.path}: http may import only ${HLS_DOOR} of hls, not ${target}`],
      ),
    );
}

/** Import cycles, each reported once as its path. Imports of types count too. */
export function circles(files: readonly SourceFile[]): string[] {
  return circlesOf(files, () => true);
}

/**
 * Import cycles among the files of the pages. Types do not count there: code that is loaded only when needed imports the
 * types of the code that loads it.
 */
export function circlesAtRuntime(files: readonly SourceFile[]): string[] {
  return circlesOf(files, ({ isTypeOnly }) => !isTypeOnly);
}

function circlesOf(files: readonly SourceFile[], counts: (found: Import) => boolean): string[] {
  const targetsOf = (file: SourceFile) =>
    importsOf(file)
      .filter(counts)
      .flatMap(({ target }) => target ?? []);
  const targets = new Map(files.map((file) => [file.path, targetsOf(file)]));
  const found: string[] = [];
  const finished = new Set<string>();
  const visit = (at: string, way: readonly string[]): void => {
    if (finished.has(at)) return;
    const start = way.indexOf(at);
    if (start !== -1) {
      found.push([...way.slice(start), at].join(' -> '));
      return;
    }
    for (const target of targets.get(at) ?? []) visit(target, [...way, at]);
    finished.add(at);
  };
  for (const file of files) visit(file.path, []);
  return found;
}

/** Packages for sockets and HTTP in rooms that may not use them. */
export function strayPackages(files: readonly SourceFile[]): string[] {
  return strayOf(files, GUARDED_PACKAGES);
}

/** Large packages in rooms of web/ that may not use them. */
export function strayWebPackages(files: readonly SourceFile[]): string[] {
  return strayOf(files, WEB_PACKAGES);
}

function strayOf(files: readonly SourceFile[], packages: readonly Package[]): string[] {
  return files.flatMap((file) => {
    const room = roomOf(file.path);
    return importsOf(file).flatMap(({ specifier, isTypeOnly }) => {
      const guarded = packages.find(({ names }) => names.some((name) => isNamed(specifier, name)));
      if (guarded === undefined || guarded.rooms.includes(room)) return [];
      if (isTypeOnly && guarded.typeRooms.includes(room)) return [];
      return [`${file.path}: ${specifier} belongs to ${guarded.rooms.join(' and ')}`];
    });
  });
}

/** The environment read outside settings/sources.ts. */
export function strayEnvironment(files: readonly SourceFile[]): string[] {
  const reads =
    /\bprocess\s*(?:\.\s*env\b|\[\s*['"]env['"]\s*\])|\benv\b[^;\n]*from\s*['"](?:node:)?process['"]/;
  return files
    .filter((file) => file.path !== SETTINGS_SOURCES && reads.test(codeOf(file)))
    .map((file) => `${file.path}: only ${SETTINGS_SOURCES} reads the environment`);
}

/** Sources of settings read outside the files that assemble the gateway. */
export function strayConfig(files: readonly SourceFile[]): string[] {
  const readers = ['app', 'main', 'command', 'settings'];
  return files
    .filter((file) => !readers.includes(roomOf(file.path)))
    .filter((file) => importsOf(file).some(({ target }) => target === SETTINGS_SOURCES))
    .map((file) => `${file.path}: takes what it needs from its caller, not from ${SETTINGS_SOURCES}`);
}

/** Imports of the pages from the server other than types of messages. */
export function brokenWebImports(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ target, isTypeOnly }) => {
      if (target === undefined || target.startsWith('web/')) return [];
      if (WIRE_TYPES.includes(target) && isTypeOnly) return [];
      return [`${file.path}: pages may import only types of ${WIRE_TYPES.join(' and ')}, not ${target}`];
    }),
  );
}

function roomOf(file: string): string {
  const [, first = ''] = file.split('/');
  return first.replace(/\.ts$/, '');
}

function floorOf(room: string, floors: typeof FLOORS): number {
  return floors.findIndex((rooms) => rooms.includes(room));
}

/** `net` and `node:net` are one module; `express/x` is express. */
function isNamed(specifier: string, name: string): boolean {
  const plain = name.replace('node:', '');
  return [name, plain].some((wanted) => specifier === wanted || specifier.startsWith(`${wanted}/`));
}
