import { describe, expect, it } from 'vitest';
import { PLAYLISTS } from '../../cases/hls-playlists.ts';
import { TRACK_CHOICES, tellPlaylists } from '../../support/playlist-stories.ts';

// HlsScript also parses every playlist with hls-parser in strict mode.
describe.each(TRACK_CHOICES)('playlists of %s', (choice) => {
  const told = tellPlaylists(choice);

  it.each(Object.keys(PLAYLISTS[choice]))('%s', (moment) => {
    expect(told[moment]).toBe(PLAYLISTS[choice][moment]);
  });

  it('are all written down', () => {
    expect(Object.keys(told)).toEqual(Object.keys(PLAYLISTS[choice]));
  });
});
