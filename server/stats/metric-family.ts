// One metric family of `/metrics`.

export type Labels = Readonly<Record<string, string>>;

export type MetricFamily = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly labels: readonly string[];
  readonly read: () => Iterable<readonly [labels: Labels, value: number]>;
};
