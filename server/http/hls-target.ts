// Request targets below `/live/` and `/hls/`: which stream and which file they name.

import { MULTIVARIANT_PLAYLIST_URI } from '../hls/hls-origin.ts';
import { isStreamName } from '../live/stream-name.ts';
import { TOKEN_FOLDER } from './playback-door.ts';

export type HlsTarget =
  | {
      readonly kind: 'file';
      readonly name: string;
      readonly file: string;
      /** As it stands in the path. */
      readonly token: string | undefined;
      readonly query: string;
    }
  /** Relative, so that a path prefix stays. */
  | { readonly kind: 'alias'; readonly location: string; readonly query: string }
  | { readonly kind: 'no-stream' }
  | { readonly kind: 'no-file' };

/** All viewers of a stream request the same files at the same time. Targets with a token differ. */
const MAX_REMEMBERED = 256;
const MAX_REMEMBERED_LENGTH = 128;
const remembered = new Map<string, HlsTarget>();

/** Whether a path belongs to the handler of media. */
export function isHlsPath(path: string): boolean {
  return path.startsWith('/live/') || path.startsWith('/hls/');
}

/** Reads a path that `isHlsPath` knows, with its query. */
export function readHlsTarget(url: string): HlsTarget {
  let target = remembered.get(url);
  if (target !== undefined) return target;
  target = read(url);
  const hasToken = target.kind === 'file' && target.token !== undefined;
  if (hasToken || url.length > MAX_REMEMBERED_LENGTH) return target;
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(url, target);
  return target;
}

function read(url: string): HlsTarget {
  const queryAt = url.indexOf('?');
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
  const [, root, name, file, ...rest] = path.split('/');
  // `/live/NAME/t/TOKEN/FILE`
  const hasToken = file === TOKEN_FOLDER && rest.length === 2;
  if (name === undefined || (rest.length > 0 && !hasToken)) return { kind: 'no-file' };
  const location = aliasTarget(root, name, file);
  if (location !== undefined) return { kind: 'alias', location, query };
  if (root !== 'live' || !isStreamName(name)) return { kind: 'no-stream' };
  const [token, last = ''] = hasToken ? rest : [undefined, file];
  return { kind: 'file', name, file: last, token, query };
}

/** Target for URLs in the form of other servers. */
function aliasTarget(root: string | undefined, name: string, file: string | undefined): string | undefined {
  const isPlaylistName = name.endsWith('.m3u8') && isStreamName(name.slice(0, -'.m3u8'.length));
  if (file === undefined && isPlaylistName) {
    const target = `${name.slice(0, -'.m3u8'.length)}/${MULTIVARIANT_PLAYLIST_URI}`;
    return root === 'live' ? target : `../live/${target}`;
  }
  return root === 'hls' && file === MULTIVARIANT_PLAYLIST_URI && isStreamName(name)
    ? `../../live/${name}/${MULTIVARIANT_PLAYLIST_URI}`
    : undefined;
}
