// Captions, which the gateway makes subtitles of: a button that is there only when they are.
import { type ControlButton, controlButton } from './control-button.ts';
import { words } from './words.ts';

/** The button; hidden until the video has a captions or subtitles track. */
export function captionsButton(video: HTMLVideoElement): ControlButton {
  const button = controlButton('control-captions', () => {
    const isShown = captionTracks(video).some((track) => track.mode === 'showing');
    for (const [index, track] of captionTracks(video).entries()) {
      // A track that is merely hidden is still loaded, part by part.
      track.mode = !isShown && index === 0 ? 'showing' : 'disabled';
    }
  });
  const update = (): void => {
    const tracks = captionTracks(video);
    const isShown = tracks.some((track) => track.mode === 'showing');
    button.node.hidden = tracks.length === 0;
    button.node.setAttribute('aria-pressed', String(isShown));
    button.show('captions', isShown ? words.player.captionsOff : words.player.captionsOn);
  };
  for (const event of ['addtrack', 'removetrack', 'change']) video.textTracks.addEventListener(event, update);
  update();
  return button;
}

function captionTracks(video: HTMLVideoElement): readonly TextTrack[] {
  return [...video.textTracks].filter((track) => track.kind === 'captions' || track.kind === 'subtitles');
}
