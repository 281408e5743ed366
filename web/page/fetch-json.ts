// Requests JSON from the gateway's API.

/** The parsed body of a successful answer. Rejects on an error status, or when the timeout has passed. */
export async function fetchJson(url: string, timeoutMs: number): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`GET ${url}: ${response.status}`);
  return response.json();
}
