// The captions and subtitles tracks of a video. At most one of them is shown.

export function captionTracks(video: HTMLVideoElement): readonly TextTrack[] {
  return [...video.textTracks].filter((track) => track.kind === 'captions' || track.kind === 'subtitles');
}

/** The track with this label, or the first one if there is none. */
export function trackOf(tracks: readonly TextTrack[], label: string | undefined): TextTrack | undefined {
  return label === undefined ? undefined : (tracks.find((track) => track.label === label) ?? tracks[0]);
}

/** Shows at most one track. A track that is only hidden is still loaded, part by part. */
export function showTrack(tracks: readonly TextTrack[], label: string | undefined): void {
  const wanted = trackOf(tracks, label);
  for (const track of tracks) {
    const mode = track === wanted ? 'showing' : 'disabled';
    if (track.mode !== mode) track.mode = mode;
  }
}
