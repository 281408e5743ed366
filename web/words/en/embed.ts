// The texts of the embed and of its playground, in English, the source of the type.
import type { Shape } from '../shape.ts';

export const embed = {
  watchPage: (name: string) => `${name}: open the watch page in a new tab`,
  brand: 'Live with Sluice',

  playground: {
    title: (name: string) => `Playground: ${name}`,
    intro:
      'This page frames the embed as another site does, and drives it by messages of Player.js. Every message is shown.',
    frame: 'The embed',
    options: 'Options of the address',
    optionsHint: 'Player options, such as autoplay=1&accent=ff8800. The frame is loaded again.',
    apply: 'Load',
    sandbox: 'In a sandbox without an origin, as some sites frame unknown providers',
    methods: 'Methods',
    value: 'Value',
    call: (method: string) => `Call ${method}`,
    messages: 'Messages',
    messagesHint: 'The newest is at the top.',
    clear: 'Clear',
    toFrame: 'to the embed',
    fromFrame: 'from the embed',
    often: 'Show timeupdate, progress, latency and stats too',
    code: 'Code for your page',
    iframe: 'Embed code',
    element: 'Element of sluice/embed',
    waiting: 'Waiting for the embed to say that it is ready.',
    ready: (methods: number, events: number) => `Ready: ${methods} methods, ${events} events.`,
    back: 'Watch page',
  },
} as const;

export type EmbedWords = Shape<typeof embed>;
