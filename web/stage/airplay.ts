// AirPlay, which only WebKit has: the button is shown while there is a television to play on.
import { watchWords } from '../words/watch.ts';
import { type ControlButton, controlButton } from './control-button.ts';

type WithAirPlay = { readonly webkitShowPlaybackTargetPicker?: () => void };

export function airPlayButton(video: HTMLVideoElement & WithAirPlay): ControlButton {
  const button = controlButton('control-airplay', () => video.webkitShowPlaybackTargetPicker?.());
  button.show('airplay', watchWords.airPlay);
  button.node.hidden = true;
  if (hasAirPlay())
    video.addEventListener('webkitplaybacktargetavailabilitychanged', (event) => {
      button.node.hidden = !('availability' in event && event.availability === 'available');
    });
  return button;
}

function hasAirPlay(): boolean {
  return 'WebKitPlaybackTargetAvailabilityEvent' in window;
}
