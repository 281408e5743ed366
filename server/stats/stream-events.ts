// What happens to a stream, in words for the operator's timeline.

import type { LiveStream } from '../live/live-stream.ts';
import type { EndReason, StreamState } from '../live/stream-state.ts';

export function stateEvent(stream: LiveStream): { readonly type: StreamState; readonly text: string } {
  return { type: stream.state, text: TEXTS[stream.state](stream) };
}

const TEXTS: Readonly<Record<StreamState, (stream: LiveStream) => string>> = {
  offline: () => 'Nobody publishes this name.',
  connecting: ({ publisher }) =>
    `A publisher has connected from ${publisher?.remoteAddress ?? 'an unknown address'}${encoderOf(publisher?.encoder)}.`,
  starting: () => 'The first media has arrived.',
  live: () => 'The stream can be played.',
  stalled: ({ silentMs }) => `Nothing has arrived for ${seconds(silentMs)}.`,
  reconnecting: (stream) =>
    `${reasonText(stream.endReason)} It had published for ${seconds(stream.publishedMs)}.`,
  ended: ({ mediaMs }) => `The stream has ended after ${seconds(mediaMs)} of media.`,
};

function encoderOf(encoder: string | undefined): string {
  return encoder === undefined ? '' : ` with ${encoder}`;
}

function reasonText(reason: EndReason | undefined): string {
  switch (reason?.kind) {
    case 'stopped':
      return 'The publisher has ended its stream.';
    case 'replaced':
      return 'Another publisher has taken over.';
    case 'refused':
      return `The gateway has ended the publication: ${reason.detail} (${reason.code}).`;
    case 'draining':
      return 'The gateway is shutting down.';
    case 'lost':
    case undefined:
      return 'The connection of the publisher was lost.';
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
