// The embed in the frame of the playground: another load replaces it. Its messages go to the log.
import {
  PLAYER_EVENTS,
  PLAYER_METHODS,
  type PlayerMethod,
  parseEventMessage,
  writePlayerMessage,
} from '../../frame/player-protocol.ts';
import { element, setText } from '../../page/element.ts';
import { embedWords } from '../../words/embed.ts';
import type { MessageLog } from './message-log.ts';

const { playground } = embedWords;
/** Only one listener of this page. */
const LISTENER = 'playground';

/** The framed embed; another load replaces it. */
export class FramedEmbed {
  readonly node = element('div');
  readonly state = element('p', { class: 'hint', role: 'status' }, playground.waiting);
  readonly #log: MessageLog;
  #frame = element('iframe');

  constructor(log: MessageLog) {
    this.#log = log;
    window.addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
      if (source === this.#frame.contentWindow) this.#receive(data);
    });
  }

  load(url: string, query: string, isSandboxed: boolean): void {
    this.#frame = playerFrame(url, query, isSandboxed);
    this.node.replaceChildren(this.#frame);
    setText(this.state, playground.waiting);
  }

  send(method: PlayerMethod, value?: unknown): void {
    // In a sandbox the frame has no origin to address. Nothing sent here is secret.
    this.#frame.contentWindow?.postMessage(writePlayerMessage({ method, value, listener: LISTENER }), '*');
    this.#log.add('out', method, value);
  }

  #receive(data: unknown): void {
    const message = parseEventMessage(data);
    if (message === undefined) return;
    this.#log.add('in', message.event, message.value);
    if (message.event !== 'ready') return;
    setText(this.state, playground.ready(PLAYER_METHODS.length, PLAYER_EVENTS.length));
    for (const event of PLAYER_EVENTS) if (event !== 'ready') this.send('addEventListener', event);
  }
}

function playerFrame(url: string, query: string, isSandboxed: boolean): HTMLIFrameElement {
  const search = query.trim() === '' ? '' : `?${query.trim().replace(/^\?/, '')}`;
  return element('iframe', {
    class: 'playground-frame',
    title: playground.frame,
    allow: 'autoplay; picture-in-picture; encrypted-media',
    allowfullscreen: '',
    ...(isSandboxed ? { sandbox: 'allow-scripts' } : {}),
    src: `${url}${search}`,
  });
}
