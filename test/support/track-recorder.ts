// A recorder of thirty lines: it keeps the samples of every track apart, directly or behind a queue, and can be killed.
import type { SinkEvent, SlowSink } from '../../server/live/queued-sink.ts';
import type { Sink } from '../../server/live/sink.ts';
import type { Sample } from '../../server/media/sample.ts';
import type { Track, TrackId } from '../../server/media/track.ts';

export class TrackRecorder implements Sink, SlowSink {
  readonly tracks = new Set<TrackId>();
  readonly samples = new Map<TrackId, Sample[]>();
  #isDead = false;
  #onSample = (): void => {};

  kill(): void {
    this.#isDead = true;
  }
  onSourceStart(): void {}
  onTrack({ id }: Track): void {
    this.tracks.add(id);
  }
  onSample(sample: Sample): void {
    if (this.#isDead) throw new Error('the recorder was killed');
    const own = { ...sample, data: Buffer.from(sample.data) };
    this.samples.set(sample.trackId, [...(this.samples.get(sample.trackId) ?? []), own]);
    this.#onSample();
  }
  onSourceEnd(): void {}
  onEnd(): void {}
  async take(event: SinkEvent): Promise<void> {
    if (event.kind === 'track') this.onTrack(event.track);
    if (event.kind === 'sample') this.onSample(event.sample);
  }
  async end(): Promise<void> {}
  /** Resolves when a track has as many samples. */
  until(id: TrackId, count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#onSample = () => (this.samples.get(id)?.length ?? 0) >= count && resolve();
      this.#onSample();
    });
  }
}
