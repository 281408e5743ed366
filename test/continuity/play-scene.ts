// One scene against a running gateway, with Chromium on its watch page and a strict reader of its playlist.
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { openPage, untilPlaying } from '../support/browser.ts';
import { whenDone } from '../support/cleanup.ts';
import type { GatewayProcess } from '../support/gateway-process.ts';
import { ClipEncoder } from './clip-encoder.ts';
import { clipWidth, loadClip } from './clips.ts';
import { type PlayLog, startPlayLog, takePlayLog } from './play-log.ts';
import { PlaylistWatch } from './playlist-watch.ts';
import type { Scene, Step } from './scenes.ts';

/** The observations of a viewer and of a reader of the playlist. */
export type SceneResult = {
  readonly name: string;
  readonly discontinuities: number;
  /** The longest freeze after a return or change, milliseconds. */
  readonly frozenMs: number;
  /** Over the last two seconds. */
  readonly picturesPerSecond: number;
  /** All faults; empty when everything is right. */
  readonly faults: readonly string[];
};

/** Twice TARGETDURATION, which is 4 s at the default settings. */
const MAX_FROZEN_MS = 8_000;
const LAST_SECONDS = 2;
/** At least 25 are sent: fewer than this mean that nothing is decoded, not that the machine is busy. */
const MIN_PICTURES_PER_SECOND = 5;

/** Resolves when the scene is over; rejects when it could not be played. */
export async function playScene(gateway: GatewayProcess, scene: Scene, name: string): Promise<SceneResult> {
  const { page, problems } = await openPage(gateway.url(`/watch/${name}`), {
    viewport: { width: 640, height: 480 },
  });
  const cast = new Cast(gateway, scene, name, page);
  // Not awaited: a held request ends with the gateway.
  whenDone(() => void cast.watch?.stop());
  for (const step of scene.steps) await cast.act(step);
  const log = await untilMoving(page);
  const picturesPerSecond = log.picturesPerSecond(LAST_SECONDS);
  const { watch } = cast;
  const discontinuities = watch?.discontinuities ?? Number.NaN;
  const faults = [...(watch?.faults ?? []), ...problems.pageErrors];
  const note = (holds: boolean, otherwise: string): void => {
    if (!holds) faults.push(otherwise);
  };
  note(discontinuities === scene.discontinuities, `${discontinuities} discontinuities`);
  note(watch?.last?.hasEnded === false, 'the playlist has ended');
  note(cast.longestFrozenMs <= MAX_FROZEN_MS, `the picture stood for ${cast.longestFrozenMs} ms`);
  note(picturesPerSecond >= MIN_PICTURES_PER_SECOND, `${picturesPerSecond} pictures a second at the end`);
  const { length: sources } = log.sources;
  note(
    sources === 1 + (scene.trackSwitches ?? 0),
    `the player had ${sources} media sources; it said: ${problems.warnings.join('; ') || 'nothing'}`,
  );
  note(log.last?.width === cast.width, `pictures are ${log.last?.width} wide, not ${cast.width}`);
  return { name: scene.name, discontinuities, frozenMs: cast.longestFrozenMs, picturesPerSecond, faults };
}

/** The complete log, once pictures arrive again: a source may be replaced just before a scene ends. */
async function untilMoving(page: Page): Promise<PlayLog> {
  const deadlineMs = Date.now() + MAX_FROZEN_MS;
  for (;;) {
    const log = await takePlayLog(page);
    const isMoving = log.picturesPerSecond(LAST_SECONDS) >= MIN_PICTURES_PER_SECOND;
    if (isMoving || Date.now() >= deadlineMs) return log;
    await delay(LAST_SECONDS * 100);
  }
}

/** The encoder, the page and the reader, from step to step. */
class Cast {
  watch: PlaylistWatch | undefined;
  longestFrozenMs = 0;
  width = 0;
  readonly #gateway: GatewayProcess;
  readonly #scene: Scene;
  readonly #name: string;
  readonly #page: Page;
  #encoder: ClipEncoder | undefined;

  constructor(gateway: GatewayProcess, scene: Scene, name: string, page: Page) {
    this.#gateway = gateway;
    this.#scene = scene;
    this.#name = name;
    this.#page = page;
  }

  async act(step: Step): Promise<void> {
    if (step.kind === 'leave') {
      this.#encoder?.end(step.how);
      await delay(step.awayMs);
      return;
    }
    const backAtMs = await this.#send(step);
    if (this.watch === undefined) await this.#beginToWatch();
    await delay(step.watchMs);
    if (step === this.#scene.steps[0]) return;
    const log = await takePlayLog(this.#page);
    this.longestFrozenMs = Math.max(this.longestFrozenMs, log.frozenMs(backAtMs));
  }

  /** @returns when the new media began, epoch milliseconds */
  async #send(step: Exclude<Step, { readonly kind: 'leave' }>): Promise<number> {
    if (step.kind === 'track') {
      this.#encoder?.setTrack(step.track, step.isSent);
      return Date.now();
    }
    const clip = await loadClip(step.clip);
    this.width = clipWidth(step.clip);
    if (step.kind === 'play') {
      const isFirst = this.#encoder === undefined;
      this.#encoder = await ClipEncoder.publish({ port: this.#gateway.rtmpPort, streamName: this.#name });
      const { announces, begins } = this.#scene;
      if (announces !== undefined) this.#encoder.announce(announces);
      if (isFirst && begins?.hasAudio === false) this.#encoder.setTrack('audio', false);
      if (isFirst && begins?.hasVideo === false) this.#encoder.setTrack('video', false);
    }
    this.#encoder?.play(clip);
    return Date.now();
  }

  async #beginToWatch(): Promise<void> {
    const hasVideo = this.#scene.begins?.hasVideo !== false;
    await untilPlaying(this.#page, { minFrames: hasVideo ? 2 : 0 });
    await startPlayLog(this.#page);
    const { initDelayMs } = this.#scene;
    if (initDelayMs !== undefined) {
      await this.#page.route('**/init-*', async (route) => {
        await delay(initDelayMs);
        await route.continue();
      });
    }
    this.watch = new PlaylistWatch(this.#gateway.url(`/live/${this.#name}/main.m3u8`));
  }
}
