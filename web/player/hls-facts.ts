// Collects what hls.js knows of its loading: the last segment or part, the protocol, the buffer, the qualities.
import Hls, { Events, type FragLoadedData, PlaylistLevelType } from 'hls.js';
import type { EngineFacts, LastLoad, Qualities } from './engine-facts.ts';

export class HlsFacts {
  readonly #hls: Hls;
  readonly #observer: PerformanceObserver | undefined;
  #lastLoad: LastLoad | undefined;
  #protocol: string | undefined;

  constructor(hls: Hls) {
    this.#hls = hls;
    hls.on(Events.FRAG_LOADED, (_event, data) => this.#onLoaded(data));
    this.#observer = this.#observe();
  }

  read(distance: { readonly maxMs: number | undefined }): EngineFacts {
    const { latestLevelDetails: details, bandwidthEstimate, mainForwardBufferInfo: buffer } = this.#hls;
    const level = this.#hls.levels[this.#hls.currentLevel] ?? this.#hls.levels[this.#hls.loadLevel];
    const { targetLatency } = this.#hls;
    return {
      engine: `hls.js ${Hls.version}`,
      sessionId: this.#hls.sessionId,
      ...(level === undefined ? {} : levelFacts(level)),
      ...(Number.isFinite(bandwidthEstimate) ? { bandwidth: bandwidthEstimate } : {}),
      ...(buffer === null ? {} : { bufferMs: buffer.len * 1000 }),
      ...(targetLatency === null ? {} : { latencyTargetMs: targetLatency * 1000 }),
      ...(distance.maxMs === undefined ? {} : { latencyMaxMs: distance.maxMs }),
      ...(this.#lastLoad === undefined ? {} : { lastLoad: this.#lastLoad }),
      ...(details === null
        ? {}
        : {
            hasParts: details.partList !== null && details.partTarget > 0,
            canBlock: details.canBlockReload,
          }),
      ...(this.#protocol === undefined ? {} : { protocol: this.#protocol }),
    };
  }

  qualities(): Qualities {
    const { levels, currentLevel, loadLevel, autoLevelEnabled, nextLevel } = this.#hls;
    const current = currentLevel >= 0 ? currentLevel : loadLevel;
    return {
      all: levels.map(({ height, bitrate }, id) => ({ id, ...(height > 0 ? { height } : {}), bitrate })),
      ...(current >= 0 ? { current } : {}),
      ...(autoLevelEnabled || levels.length < 2 ? {} : { chosen: nextLevel }),
    };
  }

  /** Undefined: hls.js chooses. */
  choose(id: number | undefined): void {
    this.#hls.nextLevel = id ?? -1;
  }

  destroy(): void {
    this.#observer?.disconnect();
  }

  #onLoaded({ frag, part }: FragLoadedData): void {
    if (frag.type !== PlaylistLevelType.MAIN) return;
    const { loaded, loading } = (part ?? frag).stats;
    this.#lastLoad = {
      kind: part === null ? 'segment' : 'part',
      bytes: loaded,
      durationMs: (part ?? frag).duration * 1000,
      firstByteMs: loading.first - loading.start,
      loadMs: loading.end - loading.first,
    };
  }

  /** Entries that are too many for the page's list are still observed. */
  #observe(): PerformanceObserver | undefined {
    if (!('PerformanceObserver' in window)) return undefined;
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if (entry instanceof PerformanceResourceTiming && entry.name.includes('/live/'))
          this.#protocol = entry.nextHopProtocol === '' ? undefined : entry.nextHopProtocol;
    });
    observer.observe({ type: 'resource' });
    return observer;
  }
}

function levelFacts(level: Hls['levels'][number]): EngineFacts | object {
  const codecs = [level.videoCodec, level.audioCodec].filter((codec) => codec !== undefined && codec !== '');
  return {
    ...(codecs.length === 0 ? {} : { codecs: codecs.join(',') }),
    bitrate: level.bitrate,
    ...(level.frameRate > 0 ? { frameRate: level.frameRate } : {}),
  };
}
