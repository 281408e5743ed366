// Connects the player of an embed to the page around it: Player.js over postMessage (HTML clause 9.3).
import type { LiveFacts, LivePage } from '../live-page.ts';
import type { QueryOptions } from '../page/query-options.ts';
import { frameAddress } from './frame-address.ts';
import { hasBegun, type PlayerFacts, playerNews } from './playback-events.ts';
import { bufferEndS, durationOf, playerCommands, playerStats, qualitiesOf } from './player-commands.ts';
import { PlayerPort } from './player-port.ts';

/** `latency` and `stats`. */
const NUMBERS_MS = 1_000;

export type PlayerLink = {
  /** The first facts are known, or others. */
  readonly tell: (facts: LiveFacts) => void;
  /** Says that methods can be called. */
  readonly open: () => void;
};

export function linkPlayer(page: LivePage, name: string, query: QueryOptions): PlayerLink {
  const found = page.stage.node.querySelector('video');
  if (found === null) throw new Error('the stage has no video');
  const video = found;
  const { player } = page.stage;
  let facts: LiveFacts | undefined;
  let before: PlayerFacts | undefined;
  const targets = { page, video, facts: () => facts };
  const host = window.parent;
  const port = new PlayerPort({
    src: frameAddress({ href: window.location.href, referrer: document.referrer }),
    origin: query.origin,
    commands: playerCommands(targets),
    denied: () => (before?.denial === undefined ? undefined : { name, code: before.denial }),
    send: (text, origin) => host.postMessage(text, origin),
  });
  window.addEventListener('message', ({ source, data, origin }: MessageEvent<unknown>) => {
    if (source === host) port.receive(data, origin);
  });
  const time = (seconds: number) => ({ seconds, duration: durationOf(page) ?? seconds });
  video.addEventListener('timeupdate', () => port.emit('timeupdate', time(video.currentTime)));
  video.addEventListener('progress', () => port.emit('progress', time(bufferEndS(video))));
  video.addEventListener('resize', () => {
    const quality = qualitiesOf(page, video).find(({ isCurrent }) => isCurrent);
    if (quality !== undefined) port.emit('qualitychange', quality);
  });
  window.setInterval(() => {
    if (facts?.latencyMs !== undefined) port.emit('latency', { latencyMs: facts.latencyMs });
    if (port.hasListeners('stats')) port.emit('stats', playerStats(targets));
  }, NUMBERS_MS);
  return {
    tell: (next) => {
      facts = next;
      const after: PlayerFacts = {
        name,
        state: next.state,
        playback: player.playback,
        hasBegun: hasBegun(before, player.playback),
        wantsAutoplay: query.autoplay,
        lacksSound: player.lacksSound,
        isMutedByPage: query.muted,
        denial: next.state === 'denied' ? next.denial : undefined,
      };
      for (const { event, value } of playerNews(before, after)) port.emit(event, value);
      before = after;
    },
    open: () => port.open(),
  };
}
