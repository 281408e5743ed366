import { describe, expect, it } from 'vitest';
import { isAllowedMove, type SessionState } from '../../../server/rtmp/session-state.ts';

const STATES: readonly SessionState[] = [
  'handshaking',
  'connecting',
  'connected',
  'publish-pending',
  'publishing',
  'closed',
];

describe('session states', () => {
  it('lead to publishing only through a decision, each time anew', () => {
    const into = (to: SessionState) => STATES.filter((from) => isAllowedMove(from, to));
    expect(into('publishing')).toEqual(['publish-pending']);
    expect(into('publish-pending')).toEqual(['connected']);
    expect(into('connected')).toEqual(['connecting', 'publishing']);
    expect(into('handshaking')).toEqual([]);
  });

  it('can all be closed once, and nothing comes after', () => {
    expect(STATES.filter((from) => isAllowedMove(from, 'closed'))).toEqual(STATES.slice(0, -1));
    expect(STATES.filter((to) => isAllowedMove('closed', to))).toEqual([]);
  });
});
