// One JSON answer of the gateway's API.

/** The parsed body of a successful answer. Rejects on an error status and after the given time. */
export async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return response.json();
}
