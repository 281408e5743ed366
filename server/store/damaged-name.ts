// The name under which a damaged file is kept, so that a person can look at it.

/** `webhooks.json` → `webhooks.json.damaged-20261129T040044Z`. */
export function damagedName(file: string, epochMs: number): string {
  const time = new Date(epochMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return `${file}.damaged-${time}`;
}
