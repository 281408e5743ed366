// Full screen and picture-in-picture, each shown only where the browser and the embedding page allow it.

import { words } from '../words/stream.ts';
import { type ControlButton, controlButton } from './control-button.ts';

/** On iPhones only the video itself can be full screen, through this method. */
type WithNativeFullscreen = { readonly webkitEnterFullscreen?: () => void };

/** Toggles full screen of `stage`, or of the video alone where only that is possible. */
export function toggleFullscreen(stage: HTMLElement, video: HTMLVideoElement): void {
  const native: HTMLVideoElement & WithNativeFullscreen = video;
  if (isFullscreen()) void document.exitFullscreen();
  else if (document.fullscreenEnabled)
    stage.requestFullscreen().catch(() => undefined); // refused by the browser
  else native.webkitEnterFullscreen?.();
}

/** iPhones have no `fullscreenElement`. */
function isFullscreen(): boolean {
  return (document.fullscreenElement ?? null) !== null;
}

/** The full-screen button; hidden where full screen is not possible. */
export function fullscreenButton(stage: HTMLElement, video: HTMLVideoElement): ControlButton {
  const button = controlButton('control-fullscreen', () => toggleFullscreen(stage, video));
  const update = (): void => {
    const isFull = isFullscreen();
    button.show(
      isFull ? 'windowed' : 'fullscreen',
      isFull ? words.player.leaveFullscreen : words.player.enterFullscreen,
    );
  };
  button.node.hidden = !document.fullscreenEnabled && !('webkitEnterFullscreen' in video);
  document.addEventListener('fullscreenchange', update);
  update();
  return button;
}

/** The picture-in-picture button; hidden where the browser or the frame does not allow it. */
export function pipButton(video: HTMLVideoElement): ControlButton {
  const button = controlButton('control-pip', () => {
    const change: Promise<unknown> =
      document.pictureInPictureElement === video
        ? document.exitPictureInPicture()
        : video.requestPictureInPicture();
    change.catch(() => undefined); // no picture yet, or refused: the button stays unchanged
  });
  const update = (): void => {
    const isInPip = document.pictureInPictureElement === video;
    button.show('pip', isInPip ? words.player.leavePip : words.player.enterPip);
  };
  button.node.hidden = !('pictureInPictureEnabled' in document) || !document.pictureInPictureEnabled;
  video.addEventListener('enterpictureinpicture', update);
  video.addEventListener('leavepictureinpicture', update);
  update();
  return button;
}
