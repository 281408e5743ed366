// `sluice token`: makes a playback token with the secret of the settings or of the data folder, and prints the links.

import { storedPlaybackSecrets } from '../access/playback-secrets.ts';
import { writePlaybackToken } from '../access/playback-token.ts';
import { GatewayError } from '../errors.ts';
import { reachableHosts } from '../reachable-hosts.ts';
import { environmentNameOf, type Settings } from '../settings/table.ts';
import { FolderStore } from '../store/folder-store.ts';
import { webUrl } from './banner.ts';
import type { TokenAction } from './token-command.ts';

/** Resolves with the text to print. Rejects with GatewayError. `program` is the command that the user typed. */
export async function tokenAction(
  action: TokenAction,
  settings: Settings,
  { program, nowMs }: { readonly program: string; readonly nowMs: number },
): Promise<string> {
  if (action.kind === 'help') return renderTokenHelp(program);
  const { name, network, viewer } = action;
  const secret = await signingSecret(settings, program);
  const expiresAt = nowMs + action.lastsMs;
  const token = writePlaybackToken(secret, { name, expiresAt, network, viewer });
  const root = rootOf(settings);
  const until = `${new Date(expiresAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const access = settings['playback.streams'][name]?.access ?? settings['playback.access'];
  // A viewer without a token is asked about there.
  const asksBackend = settings['auth.play-url'] !== '';
  const note =
    access === 'signed' || asksBackend
      ? ''
      : `"${name}" is ${access} in these settings, so it plays without a token too; see playback.access.\n`;
  return `Token for "${name}", valid until ${until}${network === undefined ? '' : `, from ${network}`}:

${token}

Watch  ${root}/watch/${name}?token=${token}
Embed  ${root}/embed/${name}?token=${token}
HLS    ${root}/live/${name}/t/${token}/index.m3u8
${note}`;
}

async function signingSecret(settings: Settings, program: string): Promise<string> {
  const [first] = settings['playback.secrets'];
  if (first !== undefined) return first;
  const folder = settings['data.dir'];
  const [stored] = folder === '' ? [] : await storedPlaybackSecrets(await FolderStore.open(folder));
  if (stored !== undefined) return stored;
  throw new GatewayError(
    'config',
    'no_playback_secret',
    `there is no secret to sign with: ${program} token … --data-dir DIR, or playback: { secrets: [ … ] } in the settings file ` +
      `(${environmentNameOf('playback.secrets')}); the gateway needs the same`,
  );
}

/** Where viewers reach the pages, as far as the settings say. */
function rootOf(settings: Settings): string {
  const publicUrl = settings['http.public-url'];
  if (publicUrl !== '') return publicUrl;
  return webUrl({
    ports: { rtmpPort: settings['rtmp.port'], httpPort: settings['http.port'] },
    webHosts: reachableHosts(settings['http.host']),
    basePath: settings['http.base-path'],
  });
}

function renderTokenHelp(program: string): string {
  return `Playback tokens: links to a stream whose access is signed

Usage: ${program} token NAME [options] --data-dir DIR

Options:
  --for TIME       how long the token is valid, such as 90m, 2h or 30d (default 2h)
  --network CIDR   valid from there only
  --viewer ID      identifies one viewer: letters, digits, ".", "_", "@" and "-"

The secret is the first of playback.secrets, or the one in the data folder, which
is made if there is none. A gateway that runs with the same accepts the token at
once. docs/playback-tokens.md has recipes for programs.
`;
}
