// An attack that needs more than one RTMP connection: many peers, HTTP, floods, a limit of the system. It plays against a
// gateway with its setup, which the oracle judges.

import path from 'node:path';
import type { AttackedGateway, GatewayProcess } from './attacked-gateway.ts';
import { CAPPED, knownFlags, NOBODY_EXEMPT } from './expected-names.ts';
import type { Level } from './oracle.ts';

/** The gateway of a scenario. */
export type Scene = {
  readonly gateway: AttackedGateway;
  /** Reports a fault. */
  readonly fault: (sentence: string) => void;
  /** Adds a line to the report. */
  readonly figure: (sentence: string) => void;
  /** An unused stream name. */
  readonly newName: () => string;
  /** An unused address of 127.0.0.0/8. */
  readonly newAddress: () => string;
  /** Current usage, after a collection. */
  readonly level: () => Promise<Level | undefined>;
};

export type SetupName = keyof typeof SETUPS;

export type Scenario = {
  /** The row of docs/trust.md. */
  readonly row: string;
  readonly what: string;
  readonly setup: SetupName;
  readonly play: (scene: Scene) => Promise<void>;
};

/** A scenario and its number in the row: `S1.04`. */
export type NumberedScenario = Scenario & { readonly id: string };

const CERTIFICATES = path.resolve(import.meta.dirname, '../cases/certificates');
const TLS = [
  ...[
    '--tls-certificate',
    path.join(CERTIFICATES, 'first.crt'),
    '--tls-key',
    path.join(CERTIFICATES, 'first.key'),
  ],
  ...['--rtmps-port', '0', '--https-port', '0'],
];
/** Streams without a publisher are forgotten after a second of grace and the retention of ended streams. */
const SHORT_GRACE = ['--stream-grace', '1s'];

/** `hls.max-memory` in the setup `small`; six times as much can be sent in a second. */
export const SMALL_STREAM_BYTES = 16 * 1024 * 1024;
export const DATA_LIMIT_BYTES = 900_000_000;
export const FEW_DESCRIPTORS = 1_024;

export const ADMIN_TOKEN = 'admin-token-of-the-hostile-catalogue';
/** The proxy of the setup `guarded`; other addresses are clients. */
export const PROXY_ADDRESS = '127.9.9.1';
/** `stream.max-viewers` in the setup `guarded`. */
export const MAX_VIEWERS = 40;

type Setup = { readonly args: readonly string[]; readonly process?: GatewayProcess };

export const SETUPS = {
  plain: { args: [...TLS, ...SHORT_GRACE, ...knownFlags(NOBODY_EXEMPT)] },
  small: { args: [...SHORT_GRACE, '--hls-max-memory', '16MiB'] },
  /** `media.max-memory` that a scenario reaches in seconds. */
  capped: { args: [...SHORT_GRACE, ...knownFlags(CAPPED)] },
  /** An admin token, a trusted proxy, and a limit of viewers. */
  guarded: {
    args: [
      ...SHORT_GRACE,
      ...knownFlags(NOBODY_EXEMPT),
      ...['--proxies-trusted', PROXY_ADDRESS, '--rtmp-proxy-protocol', 'on'],
      ...['--stream-max-viewers', String(MAX_VIEWERS)],
    ],
    process: {
      env: { SLUICE_ADMIN_TOKENS: JSON.stringify([{ name: 'hostile', token: ADMIN_TOKEN, scope: 'write' }]) },
    },
  },
  'data limit': { args: SHORT_GRACE, process: { systemLimits: [`--data=${DATA_LIMIT_BYTES}`] } },
  'few descriptors': { args: SHORT_GRACE, process: { systemLimits: [`--nofile=${FEW_DESCRIPTORS}`] } },
  'unread log': { args: SHORT_GRACE, process: { leavesLogUnread: true } },
  mounted: { args: [], process: { mainFile: path.join(import.meta.dirname, 'mounted-gateway.mjs') } },
} as const satisfies Readonly<Record<string, Setup>>;

export function setupOf(name: SetupName): Setup {
  return SETUPS[name];
}

/** Numbers the scenarios of each row in their order. */
export function numberedScenarios(scenarios: readonly Scenario[]): NumberedScenario[] {
  const counts = new Map<string, number>();
  return scenarios.map((scenario) => {
    const number = (counts.get(scenario.row) ?? 0) + 1;
    counts.set(scenario.row, number);
    return { ...scenario, id: `${scenario.row}.${String(number).padStart(2, '0')}` };
  });
}
