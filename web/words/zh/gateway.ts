// What the gateway says about a stream, in Chinese, in simplified characters. The English sentences are in server/doctor/ and
// server/stats/stream-events.ts.
import type { GatewayWords } from '../gateway-words.ts';
import { secondsText } from '../measures.ts';
import { rules } from './rules.ts';

const more = (count: number) => (count === 0 ? '' : `，另有 ${count} 项`);

export const gateway: GatewayWords = {
  rules,

  summary: {
    noData: '数据太少，暂时无法判断。',
    fine: '良好：无需更改。',
    good: (worst, others) => `良好，有一条建议：${worst}${more(others)}。`,
    ok: (worst, others) => `可改进：${worst}${more(others)}。`,
    bad: (worst, others) => `有问题：${worst}${more(others)}。`,
  },

  events: {
    offline: () => '没有编码器使用此名称推流。',
    connecting: ({ address = '未知地址', encoder }) =>
      `编码器已从 ${address} 连接${encoder === undefined ? '' : `：${encoder}`}。`,
    starting: () => '已收到第一批数据。',
    live: () => '直播可以播放了。',
    stalled: ({ silentMs }) => `已有 ${secondsText(silentMs)}没有收到数据。`,
    reconnecting: ({ kind, publishedMs, error = '', detail = '' }) => {
      const reason = {
        stopped: '编码器结束了推流。',
        lost: '与编码器的连接已中断。',
        replaced: '另一个编码器已接管。',
        draining: '网关正在停止。',
        refused: `网关结束了推流：${detail} (${error})。`,
      }[kind];
      return `${reason}此前推流了 ${secondsText(publishedMs)}。`;
    },
    ended: ({ mediaMs }) => `直播在 ${secondsText(mediaMs)}后结束。`,
    timestampJump: () => '编码器的时间戳发生了跳变。',
    issueCleared: (title) => `已消失：${title}`,
  },
};
