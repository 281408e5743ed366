// Whether the viewer muted the video, or the browser or the page did.
import { hasAudioCodec } from '../page/codec-name.ts';

export class PlayerSound {
  readonly #video: HTMLVideoElement;
  #isUnasked: boolean;

  /** `isMuted`: the page starts without sound. */
  constructor(video: HTMLVideoElement, isMuted: boolean) {
    this.#video = video;
    this.#isUnasked = isMuted;
    video.muted = isMuted;
  }

  /** The browser allows playback only without sound. */
  refused(): void {
    this.#isUnasked = true;
  }

  /** The viewer changed it. */
  set(isMuted: boolean): void {
    this.#isUnasked = false;
    this.#video.muted = isMuted;
  }

  /** There is sound that the viewer does not hear and did not switch off. */
  isLacking(codecs: string | undefined): boolean {
    return this.#isUnasked && this.#video.muted && (codecs === undefined || hasAudioCodec(codecs));
  }
}
