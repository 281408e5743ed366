// The rules about connections, viewers and the gateway itself.

import { obsMenu } from './encoder-menus.ts';
import { found, percent, type Rule, rule } from './rule.ts';

const MANY_RECONNECTS = 3;
const STALLING_SHARE = 0.05;
const BUSY_LOOP_MS = 50;

export const SERVICE_RULES: readonly Rule[] = [
  rule({
    code: 'flapping',
    title: 'The publisher keeps reconnecting',
    trigger: 'The publisher came back more than 3 times in 5 minutes.',
    severities: ['error'],
    expected: 'one connection',
    raiseAfterS: 1,
    judge: ({ reconnects }) =>
      reconnects > MANY_RECONNECTS ? found('error', { count: reconnects }) : 'fine',
    observed: ({ count }) => `${count} times in 5 minutes`,
    fix: () => ({
      obs: obsMenu.dynamicBitrate(),
      ffmpeg: '-b:v with less',
      generic: 'Use a cable in place of WLAN, and a lower bit rate. The log says why each connection ended.',
    }),
  }),
  rule({
    code: 'viewersStalling',
    title: 'Viewers stall',
    trigger: 'More than 5 % of the players that report have stalled in the last minute.',
    severities: ['warning'],
    expected: 'at most 5 %',
    raiseAfterS: 5,
    judge: ({ viewers }) => {
      const share = viewers?.stallingShare;
      if (share === undefined || !Number.isFinite(share)) return 'unknown';
      return share > STALLING_SHARE ? found('warning', { share }) : 'fine';
    },
    observed: ({ share }) => `${percent(share)} of the players`,
    fix: () => ({
      generic:
        'Lower the bit rate. If it fits, viewers can choose a stable latency in the settings of the player; check the network of the gateway.',
    }),
  }),
  rule({
    code: 'noHttps',
    title: 'Viewers on Apple devices come without HTTPS',
    trigger: 'Somebody watches with an Apple player over HTTP: low latency needs HTTPS there.',
    severities: ['warning'],
    expected: 'HTTPS with HTTP/2',
    raiseAfterS: 5,
    judge: ({ viewers }) => {
      const count = viewers?.plainAppleViewers ?? 0;
      return count > 0 ? found('warning', { count }) : 'fine';
    },
    observed: ({ count }) => `${count} ${count === 1 ? 'player' : 'players'} over HTTP`,
    fix: () => ({
      generic:
        'Set tls.certificate and tls.key, or put a proxy with HTTPS and HTTP/2 in front of the gateway (docs/deploy.md).',
    }),
  }),
  rule({
    code: 'serverBusy',
    title: 'The gateway is overloaded',
    trigger: 'The 99th percentile of the event-loop delay is above 50 ms.',
    severities: ['error'],
    expected: 'below 50 ms',
    raiseAfterS: 5,
    judge: ({ loopP99Ms }) => {
      if (loopP99Ms === undefined || !Number.isFinite(loopP99Ms)) return 'unknown';
      return loopP99Ms > BUSY_LOOP_MS ? found('error', { delayMs: loopP99Ms }) : 'fine';
    },
    observed: ({ delayMs }) => `${Math.round(delayMs)} ms`,
    fix: () => ({
      generic:
        'The machine is too slow for its streams and viewers: stop other programs, or use another machine. No encoder setting helps.',
    }),
  }),
];
