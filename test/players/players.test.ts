// Each real player follows a live stream for a minute, and through a lost publisher and changes of size. The results make
// the table of docs/measured/players.md.
import { expect, it } from 'vitest';
import { CHROMIUM } from './chromium.ts';
import { ffmpegPlayer } from './ffmpeg-player.ts';
import { FIREFOX } from './firefox.ts';
import { gstreamerPlayer } from './gstreamer-player.ts';
import { mpvPlayer } from './mpv-player.ts';
import { libraryPlayer, watchPagePlayer } from './page-player.ts';
import type { Limit, Player } from './player.ts';
import { PLAYER_PAGES } from './player-pages.ts';
import { unexplained } from './player-run.ts';
import { WANTED_NAME } from './run-options.ts';
import { runPlayer } from './scenario.ts';
import { vlcPlayer } from './vlc-player.ts';
import { keepRun } from './write-table.ts';

/** From Shaka Player 5.2's PresentationTimeline and SegmentIndex. */
const EMPTIED_LIST: Limit = {
  why: 'once media is later than the clock by a segment, Shaka drops one segment at every reload until none is left: "Cannot read properties of null (reading \'next\')"',
};
/** Measured: 150 to 450 ms buffered, and a sixth of the pictures dropped; none with a larger buffer. */
const LITTLE_IN_HAND: Limit = {
  why: 'hls.js goes on with what the absence has left of its buffer, and with less than half a second Firefox leaves pictures out',
  faults: ['pictures'],
};

const PLAYERS: readonly Player[] = [
  watchPagePlayer(CHROMIUM),
  watchPagePlayer(FIREFOX),
  libraryPlayer(PLAYER_PAGES.hlsFull, CHROMIUM),
  libraryPlayer(PLAYER_PAGES.hlsFull, FIREFOX, {
    reconnect: LITTLE_IN_HAND,
    'resize-on-reconnect': LITTLE_IN_HAND,
    'resize-in-connection': LITTLE_IN_HAND,
  }),
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

/** All players, or those whose name contains the given text. */
function wantedPlayers(): readonly Player[] {
  const wanted = PLAYERS.filter(({ name }) => name.toLowerCase().includes(WANTED_NAME.toLowerCase()));
  if (wanted.length > 0) return wanted;
  const names = PLAYERS.map(({ name }) => name).join(', ');
  throw new Error(`no player is called "${WANTED_NAME}"; there are ${names}`);
}
