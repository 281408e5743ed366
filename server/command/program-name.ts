// How the user started this program, so that printed commands can be copied.

import path from 'node:path';

/** `npm start --`, `sluice`, or `node` and the file. */
export function programName(
  argv: readonly string[],
  environment: NodeJS.ProcessEnv,
  folder: string = process.cwd(),
): string {
  const script = environment['npm_lifecycle_event'];
  if (script === 'start' || script === 'demo') return 'npm start --';
  const file = argv[1] ?? 'sluice';
  if (!/\.[cm]?[jt]s$/.test(file)) return path.basename(file);
  const relative = path.relative(folder, file);
  return `node ${relative.startsWith('..') ? file : relative}`;
}
