// oEmbed, and what other sites read in the head of a page.
import { beforeAll, describe, expect, test } from 'vitest';
import { embedFrame, frameSize } from '../../../server/http/embed-frame.ts';
import { NamedPage } from '../../../server/http/page-head.ts';
import { embedSnippet } from '../../../web/page/gateway-urls.ts';
import { discoverOembed, fetchOembed, filteredFrame } from '../../support/oembed-consumer.ts';
import { type OpenGateway, openGateway } from '../gateway-fixture.ts';

let open: OpenGateway;

beforeAll(async () => {
  open = await openGateway({ playback: { streams: { secret: 'signed' } } });
});

const ask = (query: string, init: RequestInit = {}): Promise<Response> =>
  fetch(open.url(`/oembed?${query}`), init);
const watch = (name: string): string => open.url(`/watch/${name}`);
const about = (url: string): string => `url=${encodeURIComponent(url)}`;

describe('a consumer by the rules of WordPress', () => {
  test.each(['/watch/show', '/embed/show'])('finds both formats from %s', async (page) => {
    const found = await discoverOembed(open.url(page));
    const size = { url: open.url(page), width: 500, height: 750 };
    const answers = [
      await fetchOembed(found.json ?? '', 'json', size),
      await fetchOembed(found.xml ?? '', 'xml', size),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({
        ...{
          version: '1.0',
          type: 'video',
          title: 'show',
          provider_name: 'Sluice',
          width: '500',
          height: '281',
        },
        provider_url: open.url('/'),
      });
      expect(filteredFrame(answer?.['html'] ?? '')).toEqual({
        src: open.url('/embed/show'),
        ...{ title: 'Live: show', width: '500', height: '281', sandbox: 'allow-scripts' },
      });
    }
    expect(answers[0]).toEqual(answers[1]);
  });

  test('is offered nothing for a signed stream', async () => {
    expect(await discoverOembed(watch('secret'))).toEqual({});
  });
});

describe('GET /oembed', () => {
  test.each([
    ['the embed', '/embed/show'],
    ['a slash at the end', '/watch/show/'],
    ['options', '/watch/show?autoplay=1#x'],
  ])('takes an address with %s', async (_what, path) => {
    const response = await ask(about(open.url(path)));
    expect(response.status).toBe(200);
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({ title: 'show', width: 640, height: 360 });
  });

  test.each([
    ['json', 'application/json; charset=utf-8'],
    ['xml', 'text/xml; charset=utf-8'],
  ])('answers in %s', async (format, type) => {
    const response = await ask(`${about(watch('show'))}&format=${format}`);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toContain('max-age');
    const head = await ask(`${about(watch('show'))}&format=${format}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  test('a thumbnail is named only where it fits', async () => {
    const large = await (await ask(about(watch('show')))).json();
    expect(large).toMatchObject({ thumbnail_width: 1200, thumbnail_height: 630 });
    const picture = await fetch((large as { thumbnail_url: string }).thumbnail_url);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(await (await ask(`${about(watch('show'))}&maxwidth=600`)).json()).not.toHaveProperty(
      'thumbnail_url',
    );
  });

  test.each([
    ['maxwidth=99999999999999999999', 16_384, 9_216],
    ['maxwidth=20000&maxheight=300', 533, 300],
    ['maxheight=50000', 16_384, 9_216],
    ['maxwidth=00800', 800, 450],
  ])('a consumer without a real limit (%s) gets a frame of %i × %i', async (limits, width, height) => {
    const response = await ask(`${about(watch('show'))}&${limits}`);
    expect([response.status, await response.json()]).toMatchObject([200, { width, height }]);
  });

  test.each([
    ['', 400, 'Add url='],
    ['url=x&maxwidth=0', 400, 'maxwidth and maxheight'],
    ['url=x&maxheight=-3', 400, 'maxwidth and maxheight'],
    ['url=x&maxwidth=1e3', 400, 'maxwidth and maxheight'],
    ['url=x&format=yaml', 501, 'The format "yaml" is not json or xml'],
    ['url=x', 404, '"x" is not the address of a watch page'],
    [about('https://other.example/watch/show'), 404, 'is not the address'],
    ['url=javascript:alert(1)', 404, 'is not the address'],
  ])('%j is %s', async (query, status, words) => {
    const response = await ask(query);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(((await response.json()) as { detail: string }).detail).toContain(words);
  });

  test.each(['/', '/watch/', '/watch/%3Cscript%3E', '/watch/a/b', '/live/show/index.m3u8', '/watchx/show'])(
    '%s is no page of a stream',
    async (path) => {
      expect((await ask(about(open.url(path)))).status).toBe(404);
    },
  );

  test('a signed stream has no embed code', async () => {
    const response = await ask(about(watch('secret')));
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
  });

  test('addresses are the public ones where they are set, and a page is found under both', async () => {
    const named = await openGateway({ http: { publicUrl: 'https://live.example/tv' } });
    for (const url of ['https://live.example/tv/watch/show', 'http://live.example/tv/embed/show']) {
      const response = await fetch(named.url(`/oembed?${about(url)}`));
      expect(await response.json()).toMatchObject({
        provider_url: 'https://live.example/tv/',
        html: expect.stringContaining('src="https://live.example/tv/embed/show"'),
      });
    }
    expect((await fetch(named.url(`/oembed?${about('https://live.example/watch/show')}`))).status).toBe(404);
  });
});

describe('the head of a page', () => {
  const headOf = async (path: string): Promise<string> =>
    (await (await fetch(open.url(path))).text()).split('</head>')[0] ?? '';

  test('has the cards of the stream', async () => {
    const head = await headOf('/watch/show');
    expect(head).toContain('<title>show · Sluice</title>');
    for (const [key, content] of [
      ['og:title', 'show'],
      ['og:type', 'video.other'],
      ['og:url', open.url('/watch/show')],
      ['og:video', open.url('/embed/show?autoplay=1')],
      ['og:image:width', '1200'],
      ['twitter:card', 'player'],
      ['twitter:player', open.url('/embed/show?autoplay=1')],
    ])
      expect(head).toMatch(
        new RegExp(`<meta (?:name|property)="${key}" content="${content?.replaceAll('?', '\\?')}" />`),
      );
    const image = /property="og:image" content="([^"]+)"/.exec(head)?.[1] ?? '';
    expect((await fetch(image)).status).toBe(200);
  });

  test('of a signed stream has no player', async () => {
    const head = await headOf('/watch/secret');
    expect(head).toContain('<meta name="twitter:card" content="summary" />');
    expect(head).not.toMatch(/og:video|twitter:player|oembed/);
  });

  test('is rendered once for each name, and the oldest is removed', () => {
    const page = new NamedPage('<head><title>Sluice</title></head>', 'Sluice');
    const facts = (name: string) => ({ root: 'http://h/', name, isOpen: true });
    const first = page.page(facts('a'));
    expect(page.page(facts('a'))).toBe(first);
    for (let count = 0; count < 1_000; count += 1) page.page(facts(`n${count}`));
    expect(page.page(facts('a'))).not.toBe(first);
    expect(page.page(facts('a')).equals(first)).toBe(true);
  });

  test('has no markup from a name, a host or a title', () => {
    const hostile = `"><script>alert(1)</script>$&'`;
    const page = new NamedPage('<head><title>Sluice</title></head>', hostile);
    const html = page.page({ root: `http://${hostile}/`, name: hostile, isOpen: true }).toString();
    expect(html).not.toMatch(/<script|<\/script/);
    expect(html.match(/<title>/g)).toHaveLength(1);
    // Every quote of the text is escaped: what is left after removing complete tags is nothing.
    expect(html.replaceAll(/<(?:meta|link)(?: [a-z]+="[^"<>]*")+ \/>/g, '').replaceAll(/\s+/g, '')).toMatch(
      /^<head><title>[^<>"']*<\/title><\/head>$/,
    );
  });

  test('a request without a usable host gets the page without absolute addresses', () => {
    const page = new NamedPage('<head><title>Sluice</title></head>', 'Sluice');
    const html = page.page({ root: undefined, name: 'a', isOpen: true }).toString();
    expect(html).toBe('<head><title>a · Sluice</title></head>');
  });
});

test.each([
  [undefined, undefined, 640, 360],
  [1920, undefined, 1920, 1080],
  [undefined, 360, 640, 360],
  [400, 100, 178, 100],
  [300, 1000, 300, 169],
  [1, 1, 1, 1],
])('a frame of at most %s × %s is %s × %s', (maxWidth, maxHeight, width, height) => {
  expect(frameSize(maxWidth, maxHeight)).toEqual({ width, height });
});

test('the embed code of the pages and that of oEmbed allow the same', () => {
  const allowed = (html: string): string | undefined => /allow="([^"]*)"/.exec(html)?.[1];
  const own = allowed(embedFrame('http://h/', 'a', { width: 1, height: 1 }));
  expect(own).toBe(allowed(embedSnippet('http://h/', 'a')));
  expect(own).toContain('autoplay');
});
