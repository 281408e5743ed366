import { describe, expect, it } from 'vitest';
import {
  embedSnippet,
  gatewayRoot,
  playlistUrl,
  socketUrl,
  watchUrl,
} from '../../../../web/page/gateway-urls.ts';

describe('gatewayRoot', () => {
  it.each([
    ['/', 'http://h:8080/'],
    ['/index.html', 'http://h:8080/'],
    ['/watch/show', 'http://h:8080/'],
    ['/embed/show/', 'http://h:8080/'],
    ['/tv/', 'http://h:8080/tv/'],
    ['/tv/watch/show', 'http://h:8080/tv/'],
    ['/a/b/embed/show', 'http://h:8080/a/b/'],
    ['/watch/watch/watch', 'http://h:8080/watch/'],
  ])('of a page at %s is %s', (pathname, root) => {
    expect(gatewayRoot({ protocol: 'http:', host: 'h:8080', pathname })).toBe(root);
  });
});

describe('addresses under a root', () => {
  it('uses wss on a page that came over TLS', () => {
    expect(socketUrl('https://h/tv/')).toBe('wss://h/tv/ws/v1');
    expect(socketUrl('http://h:8080/')).toBe('ws://h:8080/ws/v1');
  });

  it('keeps the prefix', () => {
    expect(watchUrl('https://h/tv/', 'show')).toBe('https://h/tv/watch/show');
    expect(playlistUrl('https://h/tv/', 'show')).toBe('https://h/tv/live/show/index.m3u8');
  });

  it('gives an iframe the permissions that a cross-origin frame lacks', () => {
    expect(embedSnippet('https://h/', 'show')).toBe(
      '<iframe src="https://h/embed/show" title="Live: show" loading="lazy" ' +
        'style="aspect-ratio:16/9;width:100%;border:0" ' +
        'allow="autoplay; fullscreen; picture-in-picture; encrypted-media" allowfullscreen ' +
        'referrerpolicy="strict-origin-when-cross-origin"></iframe>',
    );
  });

  it('lets nothing break out of an attribute', () => {
    expect(embedSnippet('https://h/"onload=x&y<z/', 'show')).toContain(
      'src="https://h/&quot;onload=x&amp;y&lt;z/embed/show"',
    );
  });
});
