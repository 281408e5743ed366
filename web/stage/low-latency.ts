// Whether playback uses low latency now, and if not, why: what a viewer or an operator can change.
import type { EngineFacts } from '../player/engine-facts.ts';
import type { LatencyMode } from '../player/latency-mode.ts';

export type LowLatency =
  | 'on'
  | 'not-playing'
  | 'no-parts'
  | 'no-blocking'
  | 'stable'
  | 'balanced'
  | 'behind'
  | 'native-insecure'
  | 'native-http1'
  | 'native';

export function lowLatency(facts: {
  readonly engine: EngineFacts | undefined;
  readonly mode: LatencyMode;
  /** The viewer watches behind live. */
  readonly isBehind: boolean;
  readonly isSecure: boolean;
}): LowLatency {
  const { engine, mode, isBehind, isSecure } = facts;
  if (engine === undefined) return 'not-playing';
  if (engine.hasParts === false) return 'no-parts';
  if (engine.engine === 'native') {
    // Apple's player asks for parts over HTTP/2 only, which browsers offer over TLS only.
    if (!isSecure) return 'native-insecure';
    return engine.protocol?.startsWith('http/1') === true ? 'native-http1' : 'native';
  }
  if (engine.hasParts === undefined) return 'not-playing';
  if (engine.canBlock === false) return 'no-blocking';
  if (isBehind) return 'behind';
  return mode === 'low' ? 'on' : mode;
}
