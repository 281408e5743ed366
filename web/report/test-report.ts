// The report about a test publish, as `GET /api/v1/tests/ID` answers.
import type { Health, Issue } from '../../server/stats/operator-message.ts';
import type { StreamNumbers } from '../../server/stats/stats-message.ts';

export type TestReport = {
  /** The public name of the key that was tested. */
  readonly stream: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Undefined while the test runs. */
  readonly endedAt: number | undefined;
  readonly health: Health;
  /** Findings that are over. */
  readonly past: readonly Issue[];
  /** The last measurement. */
  readonly numbers: StreamNumbers | undefined;
};

/** `missing`: the gateway has no such report. `unreachable`: it cannot be asked. */
export type ReportAnswer =
  | { readonly kind: 'report'; readonly report: TestReport }
  | { readonly kind: 'missing' | 'unreachable' };

const TIMEOUT_MS = 8_000;
const NOT_FOUND = 404;

/** Never rejects. */
export async function fetchReport(root: string, id: string): Promise<ReportAnswer> {
  try {
    const response = await fetch(`${root}api/v1/tests/${encodeURIComponent(id)}`, {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === NOT_FOUND) return { kind: 'missing' };
    const report = response.ok ? parseReport(await response.json()) : undefined;
    return report === undefined ? { kind: 'unreachable' } : { kind: 'report', report };
  } catch {
    return { kind: 'unreachable' };
  }
}

/** The gateway is trusted, but it may be newer than this page. Undefined without the parts that the page needs. */
export function parseReport(body: unknown): TestReport | undefined {
  if (!isObject(body)) return undefined;
  const { stream, startedAt, endedAt, health, past, numbers } = body;
  const started = Date.parse(String(startedAt));
  if (typeof stream !== 'string' || !Number.isFinite(started) || !isHealth(health)) return undefined;
  return {
    stream,
    startedAt: started,
    endedAt: endedAt === undefined ? undefined : Date.parse(String(endedAt)),
    health,
    past: Array.isArray(past) ? past : [],
    numbers: isObject(numbers) ? (numbers as StreamNumbers) : undefined,
  };
}

function isHealth(value: unknown): value is Health {
  return isObject(value) && typeof value['summary'] === 'string' && Array.isArray(value['issues']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
