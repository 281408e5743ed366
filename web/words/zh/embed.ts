// The texts of en/embed.ts in Chinese, in simplified characters.
import type { EmbedWords } from '../en/embed.ts';

export const embed: EmbedWords = {
  watchPage: (name) => `${name}：在新标签页中打开观看页`,
  brand: '由 Sluice 直播',

  playground: {
    title: (name) => `测试页：${name}`,
    intro: '本页像其他网站一样嵌入播放器，并用 Player.js 的消息控制它。所有消息都会显示。',
    frame: '嵌入的播放器',
    options: '地址选项',
    optionsHint: '播放器选项，例如 autoplay=1&accent=ff8800。框架会重新加载。',
    apply: '加载',
    sandbox: '放入无来源的沙箱中，有些网站会这样嵌入未知的提供方',
    methods: '方法',
    value: '值',
    call: (method) => `调用 ${method}`,
    messages: '消息',
    messagesHint: '最新的在最上面。',
    clear: '清空',
    toFrame: '发往播放器',
    fromFrame: '来自播放器',
    often: '同时显示 timeupdate、progress、latency 和 stats',
    code: '用于您网页的代码',
    iframe: '嵌入代码',
    element: 'sluice/embed 的元素',
    waiting: '正在等待播放器就绪。',
    ready: (methods, events) => `已就绪：${methods} 个方法，${events} 个事件。`,
    back: '观看页',
  },
};
