// AirPlay (WebKit): a television cannot play a media source of this page. It needs a second source, the playlist itself, and hls.js
// 1.7.4 switches remote playback off without one.
import type Hls from 'hls.js';
import { Events } from 'hls.js';

export function offerAirPlay(hls: Hls, video: HTMLVideoElement, url: string): void {
  if (!('WebKitPlaybackTargetAvailabilityEvent' in window)) return;
  const source = document.createElement('source');
  source.type = 'application/vnd.apple.mpegurl';
  source.src = url;
  hls.on(Events.MEDIA_ATTACHED, () => {
    video.append(source);
    video.disableRemotePlayback = false;
  });
  // hls.js removes it only with a managed media source. After another one the video element would play it by itself.
  hls.on(Events.MEDIA_DETACHING, () => source.remove());
}
