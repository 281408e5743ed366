// What happens to a stream, for the operator's timeline: the values, and the English sentence with them.

import type { LiveStream } from '../live/live-stream.ts';
import type { StreamState } from '../live/stream-state.ts';
import type { HappeningType, HappeningValues, PlainValues } from './issue-values.ts';

export type WordedEvent = {
  readonly type: HappeningType;
  readonly values: PlainValues;
  readonly text: string;
};

type Said = Omit<WordedEvent, 'type'>;

export function stateEvent(stream: LiveStream): WordedEvent {
  return { type: stream.state, ...STATES[stream.state](stream) };
}

const STATES: Readonly<Record<StreamState, (stream: LiveStream) => Said>> = {
  offline: () => ({ values: {}, text: 'Nobody publishes this name.' }),
  connecting: said<'connecting'>(
    ({ publisher }) => ({
      ...(publisher === undefined ? {} : { address: publisher.remoteAddress }),
      ...(publisher?.encoder === undefined ? {} : { encoder: publisher.encoder }),
    }),
    ({ address = 'an unknown address', encoder }) =>
      `A publisher has connected from ${address}${encoder === undefined ? '' : ` with ${encoder}`}.`,
  ),
  starting: () => ({ values: {}, text: 'The first media has arrived.' }),
  live: () => ({ values: {}, text: 'The stream can be played.' }),
  stalled: said<'stalled'>(
    ({ silentMs }) => ({ silentMs }),
    ({ silentMs }) => `Nothing has arrived for ${seconds(silentMs)}.`,
  ),
  reconnecting: said<'reconnecting'>(
    ({ endReason, publishedMs }) => ({
      kind: endReason?.kind ?? 'lost',
      publishedMs,
      ...(endReason?.kind === 'refused'
        ? { ...endReason.values, error: endReason.code, detail: endReason.detail }
        : {}),
    }),
    (values) => `${reasonText(values)} The publication lasted ${seconds(values.publishedMs)}.`,
  ),
  ended: said<'ended'>(
    ({ mediaMs }) => ({ mediaMs }),
    ({ mediaMs }) => `The stream has ended after ${seconds(mediaMs)} of media.`,
  ),
};

/** The values of an event, and the sentence with them. */
function said<Type extends StreamState>(
  valuesOf: (stream: LiveStream) => HappeningValues[Type],
  textOf: (values: HappeningValues[Type]) => string,
): (stream: LiveStream) => Said {
  return (stream) => {
    const values = valuesOf(stream);
    return { values: values as PlainValues, text: textOf(values) };
  };
}

function reasonText({ kind, error = '', detail = '' }: HappeningValues['reconnecting']): string {
  switch (kind) {
    case 'stopped':
      return 'The publisher has ended its stream.';
    case 'replaced':
      return 'Another publisher has taken over.';
    case 'refused':
      return `The gateway has ended the publication: ${detail} (${error}).`;
    case 'draining':
      return 'The gateway is shutting down.';
    case 'lost':
      return 'The connection of the publisher was lost.';
  }
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
