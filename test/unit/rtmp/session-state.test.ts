import { describe, expect, it } from 'vitest';
import { isAllowedMove, isBeforePublish, type SessionState } from '../../../server/rtmp/session-state.ts';

const STATES: readonly SessionState[] = [
  'handshaking',
  'connecting',
  'connected',
  'publish-pending',
  'publishing',
  'unpublished',
  'closed',
];

describe('session states', () => {
  it('lead to publishing only through a decision, and from publishing never back', () => {
    const into = (to: SessionState) => STATES.filter((from) => isAllowedMove(from, to));
    expect(into('publishing')).toEqual(['publish-pending']);
    expect(into('publish-pending')).toEqual(['connected']);
    expect(into('unpublished')).toEqual(['publishing']);
    expect(into('handshaking')).toEqual([]);
  });

  it('can all be closed once, and nothing comes after', () => {
    expect(STATES.filter((from) => isAllowedMove(from, 'closed'))).toEqual(STATES.slice(0, -1));
    expect(STATES.filter((to) => isAllowedMove('closed', to))).toEqual([]);
  });

  it('count bytes against the budget until publish is asked for', () => {
    expect(STATES.filter(isBeforePublish)).toEqual(['handshaking', 'connecting', 'connected']);
  });
});
