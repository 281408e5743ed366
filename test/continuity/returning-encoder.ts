// An encoder that reconnects whenever its connection ends, as real ones do.
import { whenDone } from '../support/cleanup.ts';
import { ClipEncoder, type EncoderTarget } from './clip-encoder.ts';
import { type ClipName, loadClip } from './clips.ts';

export class ReturningEncoder {
  readonly #target: EncoderTarget;
  #isStopped = false;
  #present: ClipEncoder | undefined;

  constructor(target: EncoderTarget) {
    this.#target = target;
    whenDone(() => this.stop());
  }

  /** Publishes, and from then on publishes again; resolves when it has been accepted once. */
  async start(name: ClipName): Promise<void> {
    await this.#publish(name);
    void this.#keepUp(name);
  }

  /** Stops for good. */
  stop(): void {
    this.#isStopped = true;
    this.#present?.end('RST');
  }

  async #keepUp(name: ClipName): Promise<void> {
    while (!this.#isStopped) {
      await this.#present?.ended;
      // No gateway for half a minute: it is gone, and its own test has reported that.
      if (!this.#isStopped) await this.#publish(name).catch(() => this.stop());
    }
  }

  async #publish(name: ClipName): Promise<void> {
    const clip = await loadClip(name);
    this.#present = await ClipEncoder.publish(this.#target);
    if (this.#isStopped) this.#present.end('RST');
    else this.#present.play(clip);
  }
}
