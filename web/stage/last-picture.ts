// The last picture that was shown, kept behind the card of a stream that has stopped. A browser cannot decode a picture without
// its media, so it is drawn from the video while the video still has it; before the first picture a gradient is shown.
import { element } from '../page/element.ts';

/** Behind the card it is blurred: more pixels would only cost memory. */
const MAX_WIDTH = 960;

export class LastPicture {
  readonly node = element('canvas', { class: 'last-picture', 'aria-hidden': 'true' });
  readonly #video: HTMLVideoElement;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    this.node.hidden = true;
  }

  /** Call this before the video loses its picture. */
  keep(): void {
    const { videoWidth, videoHeight, readyState } = this.#video;
    if (videoWidth === 0 || readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return;
    const scale = Math.min(1, MAX_WIDTH / videoWidth);
    this.node.width = Math.round(videoWidth * scale);
    this.node.height = Math.round(videoHeight * scale);
    this.node.getContext('2d')?.drawImage(this.#video, 0, 0, this.node.width, this.node.height);
    this.node.hidden = false;
  }

  /** The video shows a picture itself, or the viewer may not see one. */
  forget(): void {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.node.width = 0; // releases its memory
  }
}
