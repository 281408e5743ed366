// Each real player follows a live stream for a minute and through a lost publisher and changes of size: the table of
// docs/interop.md is made of the results.
import { expect, it } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { ffmpegPlayer } from './ffmpeg-player.ts';
import { FIREFOX } from './firefox.ts';
import { gstreamerPlayer } from './gstreamer-player.ts';
import { mpvPlayer } from './mpv-player.ts';
import { libraryPlayer, watchPagePlayer } from './page-player.ts';
import type { Player } from './player.ts';
import { PLAYER_PAGES } from './player-pages.ts';
import { unexplained } from './player-run.ts';
import { WANTED_NAME } from './run-options.ts';
import { runPlayer } from './scenario.ts';
import { vlcPlayer } from './vlc-player.ts';
import { keepRun } from './write-table.ts';

/** Of Shaka Player 5.2's PresentationTimeline and SegmentIndex. */
const EMPTIED_LIST =
  'once media is later than the clock by a segment, Shaka drops one segment at every reload until none is left: "Cannot read properties of null (reading \'next\')"';

const PLAYERS: readonly Player[] = [
  watchPagePlayer(CHROMIUM),
  watchPagePlayer(FIREFOX),
  libraryPlayer(PLAYER_PAGES.hlsFull, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.hlsFull, FIREFOX),
  libraryPlayer(PLAYER_PAGES.hlsLight, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.shaka, CHROMIUM, {
    reconnect: EMPTIED_LIST,
    'resize-on-reconnect': EMPTIED_LIST,
  }),
  libraryPlayer(PLAYER_PAGES.videoJs, CHROMIUM),
  ffmpegPlayer,
  mpvPlayer,
  vlcPlayer,
  gstreamerPlayer,
];

it.each(wantedPlayers().map((player) => [player.name, player] as const))(
  '%s plays',
  async (_name, player) => {
    const run = await runPlayer(player);
    keepRun(run);
    expect(unexplained(run)).toEqual([]);
  },
);

/** All, or those whose name contains what was asked for. */
function wantedPlayers(): readonly Player[] {
  const wanted = PLAYERS.filter(({ name }) => name.toLowerCase().includes(WANTED_NAME.toLowerCase()));
  if (wanted.length > 0) return wanted;
  const names = PLAYERS.map(({ name }) => name).join(', ');
  throw new Error(`no player is called "${WANTED_NAME}"; there are ${names}`);
}
