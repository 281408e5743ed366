// Placeholder until the mutation run is written.
export function runMutations(_: unknown): Promise<number> {
  return Promise.resolve(0);
}
