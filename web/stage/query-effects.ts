// What the options of a page's address change on its stage, beside those that the player and its controls take (see QueryOptions).
import { setData } from '../page/element.ts';
import type { LatencyWish, QueryOptions } from '../page/query-options.ts';
import { latencyChoice } from '../page/viewer-choices.ts';
import type { LatencyMode } from '../player/latency-mode.ts';
import type { Player } from '../player/player.ts';
import type { Stage } from './stage.ts';

/** As the settings menu stores them. */
const MODES: Readonly<Record<LatencyWish, LatencyMode | undefined>> = {
  low: undefined,
  normal: 'balanced',
  max: 'stable',
};

/** Call this once, before the page is opened. */
export function applyQuery(stage: Pick<Stage, 'node' | 'player'>, query: QueryOptions, root: string): void {
  const { node, player } = stage;
  const video = node.querySelector('video');
  if (video === null) return;
  setData(node, 'fit', query.fit);
  if (!query.dvr) setData(node, 'dvr', 'off');
  if (!query.sound) setData(node, 'sound', 'off');
  if (!query.playsInline) video.removeAttribute('playsinline');
  if (!query.pip) {
    video.disablePictureInPicture = true;
    setData(node, 'pip', 'off');
  }
  if (query.latency !== undefined) latencyChoice.assume(MODES[query.latency]);
  const poster = posterUrl(query.poster, root);
  if (poster !== undefined) video.poster = poster;
  startBehind(video, player, query.startBehindS);
  chooseQuality(video, player, query.quality);
}

/** The pages load nothing from other hosts, so a poster is a picture of this gateway. */
function posterUrl(poster: string | undefined, root: string): string | undefined {
  if (poster === undefined || !URL.canParse(poster, root)) return undefined;
  const url = new URL(poster, root);
  return url.origin === new URL(root).origin ? url.href : undefined;
}

/** Goes behind live at the first playback. Without a past there is nothing to seek into. */
function startBehind(video: HTMLVideoElement, player: Player, seconds: number | undefined): void {
  if (seconds === undefined) return;
  video.addEventListener('playing', () => player.seekBehindLive(seconds), { once: true });
}

/** The quality of this height, once it is known what there is. */
function chooseQuality(video: HTMLVideoElement, player: Player, height: number | undefined): void {
  if (height === undefined) return;
  const onPlaying = (): void => {
    const wanted = player.engine?.qualities().all.find((quality) => quality.height === height);
    if (wanted !== undefined) player.engine?.chooseQuality(wanted.id);
  };
  video.addEventListener('playing', onPlaying, { once: true });
}
