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

  refused: {
    no_stream_name: '推流码为空，请在编码器中填写。',
    bad_stream_name: '直播名称包含无效字符或过长。请使用 1 至 64 个字母、数字、连字符或下划线。',
    bad_publish_name: '编码器没有发送直播名称。请填写推流码，或换用其他编码器。',
    name_taken: '已有人使用此名称推流。请使用其他推流码，或结束另一个直播。',
    name_closed: '管理员已结束此直播，并在一段时间内禁用此名称。请等待，或询问管理员。',
    public_address:
      '只有私有网络可以推流，而此地址是公网地址。请创建推流码，或将该网络加入 rtmp.trusted-networks。',
    unknown_key: '推流码不存在。请向管理员索取；观看地址中的名称不是推流码。',
    key_expired: '推流码已过期，请向管理员索取新的推流码。',
    key_network: '推流码不能在此地址使用。请从推流码允许的网络推流，或向管理员索取其他推流码。',
    key_attempts: '此地址多次使用错误的推流码。请更正编码器中的推流码，几分钟后重试。',
    stream_ended: '管理员已结束此直播。再次推流前请先询问管理员。',
    publish_rate: '此连接在一分钟内请求推流的次数过多。请稍等更久再试。',
    publish_deadline: '未能及时判断编码器是否可以推流。请重试；日志中有未响应的一方。',
    server_busy:
      '网关没有余量接收更多直播。请稍后重试，或调高 stream.max-streams、stream.max-tests 或 media.max-memory。',
    authorizer_failed: '网关无法判断是否允许推流，原因见日志。',
    callback_refused: ({ reason }) =>
      `管理员的服务器拒绝了推流码${reason === undefined ? '' : `：${reason}`}。`,
    callback_timeout: '管理员的服务器没有及时响应，日志中有它的名称。',
    callback_failed: '无法连接管理员的服务器，或其响应有误，详情见日志。',
    shutting_down: '网关正在停止，请在重启后重新连接。',
  },
};
