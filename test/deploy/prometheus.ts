// A real Prometheus that scrapes a gateway, with short intervals instead of those of deploy/prometheus.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { startProcess } from '../support/running-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { readDeployed } from './deploy-files.ts';

type Sample = {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
};
type FiringAlert = { readonly state: string; readonly labels: Readonly<Record<string, string>> };

export type Prometheus = {
  /** The samples of an instant query. Throws for a query that Prometheus refuses. */
  readonly query: (expression: string) => Promise<readonly Sample[]>;
  readonly alerts: () => Promise<readonly FiringAlert[]>;
};

/** Starts Prometheus with the configuration and rules of deploy/prometheus; it ends with the test. */
export async function startPrometheus(gatewayPort: number): Promise<Prometheus> {
  const folder = temporaryFolder('prometheus');
  const config = readDeployed('deploy/prometheus/prometheus.yml')
    .replaceAll(/_interval: 5s/g, '_interval: 1s')
    .replace('sluice:8080', `127.0.0.1:${gatewayPort}`);
  writeFileSync(path.join(folder, 'prometheus.yml'), config);
  const rules = readDeployed('deploy/prometheus/alerts.yml').replaceAll(/for: \d+[sm]/g, 'for: 1s');
  writeFileSync(path.join(folder, 'alerts.yml'), rules);
  const port = await freePort();
  startProcess('prometheus', [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const ask = async (route: string): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${port}/${route}`);
    if (!response.ok) throw new Error(`${route}: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { readonly data: unknown }).data;
  };
  await expect
    .poll(() =>
      fetch(`http://127.0.0.1:${port}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    .toBe(true);
  return {
    query: async (expression) => {
      const data = await ask(`api/v1/query?query=${encodeURIComponent(expression)}`);
      return (data as { readonly result: readonly Sample[] }).result;
    },
    alerts: async () => ((await ask('api/v1/alerts')) as { readonly alerts: readonly FiringAlert[] }).alerts,
  };
}
