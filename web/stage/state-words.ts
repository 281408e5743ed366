// The texts of a state, by its reason: who has the fault, what happens next, and for how long.
import type { EndReason, StatusMessage } from '../../server/stats/stats-message.ts';
import { codecName, hasAudioCodec, splitCodecs } from '../page/codec-name.ts';
import { formatDuration } from '../page/format.ts';
import { endedBy, refusalReason } from '../page/refusal-reason.ts';
import { timeFormat } from '../words/language.ts';
import { words } from '../words/stream.ts';

const clock = timeFormat({ hour: '2-digit', minute: '2-digit' });

import type { ViewState } from './stage-view.ts';

/** The texts of a state. */
export type LayerWords = {
  readonly title: string;
  readonly detail: string;
  /** One line over a picture that is still shown; empty in states that have none. */
  readonly banner: string;
  /** The running time beside it: how long a wait has lasted or will last; empty when there is none. */
  readonly timer: string;
};

export type StateFacts = {
  readonly state: ViewState;
  readonly status: StatusMessage | undefined;
  /** The server's clock now, and how far it is ahead of the page's. */
  readonly serverNowMs: number;
  readonly skewMs: number;
  /** The codec that this browser cannot decode; empty when it cannot play at all. */
  readonly codec: string | undefined;
  /** Why there is no access: a code of the gateway. */
  readonly denial?: string | undefined;
};

/** Title and detail for the card, one line for the banner, and the running time beside it. */
export function stateWords(facts: StateFacts): LayerWords {
  const { state, status } = facts;
  const { title, detail } = words.state[state];
  const plain = { title, detail, banner: '', timer: '' };
  if (status?.isTest === true) return { ...plain, ...words.test };
  switch (state) {
    case 'ended':
      return { ...plain, ...endedWords(facts) };
    case 'offline':
      return { ...plain, ...neverBegan(status?.reason) };
    case 'unsupported':
      return { ...plain, detail: unsupportedDetail(facts.codec) };
    case 'denied':
      return { ...plain, ...deniedWords(facts.denial) };
    case 'reconnecting':
      return { ...plain, ...goneWords(status?.reason), timer: graceLeft(facts) };
    case 'stalled':
      return { ...plain, banner: words.banner.stalled, timer: sinceStatus(facts) };
    case 'connecting':
    case 'starting':
      return status?.reason?.kind === 'replaced'
        ? { ...plain, ...words.gone.replaced }
        : { ...plain, banner: words.banner[state] };
    case 'unreachable':
    case 'viewer-offline':
      return { ...plain, banner: words.banner[state] };
    default:
      return plain;
  }
}

/** A missing token, and a code of a later version, have the words of the state. */
function deniedWords(code: string | undefined): Partial<LayerWords> {
  const known: Readonly<Record<string, { readonly title: string; readonly detail: string }>> = words.denied;
  return code !== undefined && Object.hasOwn(known, code) ? (known[code] ?? {}) : {};
}

function goneWords(reason: EndReason | undefined): Omit<LayerWords, 'timer'> {
  if (reason?.kind !== 'refused') return words.gone[reason?.kind ?? 'lost'];
  const others = endedBy(reason);
  if (others !== undefined) return words.gone[others];
  return { ...words.gone.refused, detail: words.refusedBecause(refusalReason(reason)) };
}

/** The publisher left before its stream began. */
function neverBegan(reason: EndReason | undefined): Partial<LayerWords> {
  if (reason?.kind !== 'refused') return {};
  const told = refusalReason(reason);
  return {
    detail: endedBy(reason) === undefined ? words.refusedBeforeMedia(told) : words.refusedBecause(told),
  };
}

function endedWords({ status, skewMs }: StateFacts): Partial<LayerWords> {
  if (status?.state !== 'ended') return {};
  const { reason, mediaMs, since } = status;
  if (reason?.kind === 'draining') return words.serverStopped;
  const time = clock(since - skewMs);
  const title = words.endedAt(time, mediaMs === undefined ? '' : formatDuration(mediaMs));
  if (reason?.kind === 'refused') return { title, detail: words.refusedBecause(refusalReason(reason)) };
  return reason?.kind === 'lost' ? { title, detail: words.endedLost } : { title };
}

/** `codec` may also be a media type with codecs. */
function unsupportedDetail(codec: string | undefined): string {
  if (codec === undefined || codec === '') return words.unsupportedBrowser;
  const listed = /codecs="?([^"]*)/.exec(codec)?.[1] ?? codec;
  const name = splitCodecs(listed).map(codecName).join(', ');
  return words.unsupportedCodec[adviceOn(name, listed)](name);
}

function adviceOn(name: string, codec: string): keyof typeof words.unsupportedCodec {
  if (/^H\.264 High (?:10|4:)/.test(name)) return 'profile';
  if (name.startsWith('H.264')) return 'h264';
  if (name.startsWith('HEVC')) return 'hevc';
  return hasAudioCodec(codec) ? 'audio' : 'other';
}

function graceLeft(facts: StateFacts): string {
  const endsAt = facts.status?.graceEndsAt;
  return endsAt === undefined ? sinceStatus(facts) : formatDuration(Math.max(0, endsAt - facts.serverNowMs));
}

function sinceStatus({ status, serverNowMs }: StateFacts): string {
  return formatDuration(Math.max(0, serverNowMs - (status?.since ?? serverNowMs)));
}
