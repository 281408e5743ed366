// The distance in a playlist, as the gateway and as other servers write it.
import { describe, expect, it } from 'vitest';
import { firstVariantUrl, keptHoldBackS, parseHoldBack } from '../../../../web/player/hold-back.ts';
import { goLive, openGateway } from '../../gateway-fixture.ts';

const media = (control: string): string =>
  `#EXTM3U\n#EXT-X-TARGETDURATION:4\n${control}\n#EXTINF:2,\na.m4s\n`;

describe('hold-back', () => {
  it.each([
    ['#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=0.8,HOLD-BACK=12', 12, 0.8],
    ['#EXT-X-SERVER-CONTROL:HOLD-BACK=15.5,PART-HOLD-BACK=1', 15.5, 1],
    ['#EXT-X-SERVER-CONTROL:PART-HOLD-BACK=1', 12, 1],
    ['', 12, undefined],
  ])('is read from %j', (control, segmentsS, partsS) => {
    expect(parseHoldBack(media(control))).toEqual({ segmentsS, partsS });
  });

  it('is in no multivariant playlist, and in no page', () => {
    expect(parseHoldBack('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\na.m3u8\n')).toBeUndefined();
    expect(parseHoldBack('<html>')).toBeUndefined();
  });

  it('is the one that the player keeps', () => {
    const both = { segmentsS: 12, partsS: 0.8 };
    expect(keptHoldBackS(both, 1.2)).toBe(0.8);
    expect(keptHoldBackS(both, 11)).toBe(12);
    expect(keptHoldBackS({ ...both, partsS: undefined }, 1.2)).toBe(12);
  });

  it('of the gateway’s own stream is found from its multivariant playlist', async () => {
    const open = await openGateway();
    await goLive(open, 'show');
    const url = open.url('/live/show/index.m3u8');
    const variant = firstVariantUrl(await (await fetch(url)).text(), url);
    expect(variant).toMatch(/\/live\/show\/[^/]+\.m3u8$/);
    const holdBack = parseHoldBack(await (await fetch(String(variant))).text());
    expect(holdBack?.segmentsS).toBeGreaterThanOrEqual(3);
    expect(holdBack?.partsS).toBeLessThan(holdBack?.segmentsS ?? 0);
  });
});
