// The steps from a server that can be reached to a picture that plays, from what is known about a stream.
import type { EndReason, StatusMessage } from '../../server/stats/stats-message.ts';
import { endedBy, type Refusal } from '../page/refusal-reason.ts';
import type { setupWords } from '../words/setup.ts';

export type StepId = keyof typeof setupWords.checklist.steps;
export type StepState = keyof typeof setupWords.checklist.marks;
type Detail =
  | { readonly kind: keyof typeof setupWords.checklist.details }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export type Step = { readonly id: StepId; readonly state: StepState; readonly detail?: Detail };

export type ChecklistFacts = {
  /** Undefined while it is not known. */
  readonly isReachable: boolean | undefined;
  readonly status: Pick<StatusMessage, 'state' | 'reason'> | undefined;
  /** How long the stream has been in its state. */
  readonly waitedMs: number;
  /** The preview has shown a picture, or played sound. */
  readonly isPlaying: boolean;
  /** Viewers need a token. */
  readonly isClosed: boolean;
};

/** Encoders send a key frame every 2 s if they are set so; OBS every 8 s if they are not. */
const SLOW_KEY_FRAME_MS = 4_000;

export function checklist(facts: ChecklistFacts): readonly Step[] {
  const { isReachable, isClosed, status } = facts;
  if (isReachable !== true) {
    const reachable: Step =
      isReachable === false
        ? { id: 'reachable', state: 'fault', detail: { kind: 'unreachable' } }
        : { id: 'reachable', state: 'active', detail: { kind: 'asking' } };
    return [reachable, ...waiting('connected', 'keyFrame', 'playing')];
  }
  const reached: Step = { id: 'reachable', state: 'done' };
  // The state of such a stream is for those with a token.
  if (isClosed) {
    return [
      reached,
      { id: 'connected', state: 'waiting', detail: { kind: 'closed' } },
      ...waiting('keyFrame', 'playing'),
    ];
  }
  return [reached, ...streamSteps(facts, status)];
}

function streamSteps(facts: ChecklistFacts, status: ChecklistFacts['status']): readonly Step[] {
  const connected: Step = { id: 'connected', state: 'done' };
  switch (status?.state) {
    case 'connecting':
      return [connected, active('keyFrame', 'noMedia'), ...waiting('playing')];
    case 'starting': {
      const isSlow = facts.waitedMs >= SLOW_KEY_FRAME_MS;
      return [connected, active('keyFrame', isSlow ? 'slowKeyFrame' : 'noKeyFrame'), ...waiting('playing')];
    }
    case 'live':
      return [
        connected,
        { id: 'keyFrame', state: 'done' },
        facts.isPlaying ? { id: 'playing', state: 'done' } : active('playing', 'loading'),
      ];
    case 'stalled':
      return [fault('connected', 'silent'), ...waiting('keyFrame', 'playing')];
    case 'reconnecting':
      return [
        refusedStep(status.reason) ??
          fault('connected', status.reason?.kind === 'stopped' ? 'stopped' : 'lost'),
        ...waiting('keyFrame', 'playing'),
      ];
    default:
      return [withoutEncoder(status), ...waiting('keyFrame', 'playing')];
  }
}

function withoutEncoder(status: ChecklistFacts['status']): Step {
  return (
    refusedStep(status?.reason) ?? active('connected', status?.state === 'ended' ? 'ended' : 'noEncoder')
  );
}

/** The gateway ended the publication. */
function refusedStep(reason: EndReason | undefined): Step | undefined {
  if (reason?.kind !== 'refused') return undefined;
  const others = endedBy(reason);
  return others === undefined
    ? { id: 'connected', state: 'fault', detail: { kind: 'refused', reason } }
    : fault('connected', others);
}

function active(id: StepId, kind: keyof typeof setupWords.checklist.details): Step {
  return { id, state: 'active', detail: { kind } };
}

function fault(id: StepId, kind: keyof typeof setupWords.checklist.details): Step {
  return { id, state: 'fault', detail: { kind } };
}

function waiting(...ids: readonly StepId[]): readonly Step[] {
  return ids.map((id) => ({ id, state: 'waiting' }));
}
