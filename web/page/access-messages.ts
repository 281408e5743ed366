// Messages between an embed and the page around it, about access to a signed stream (HTML clause 9.3, postMessage).
//   to the embed:  { context: 'sluice', method: 'setToken', value: TOKEN }
//   from the embed: { context: 'sluice', event: 'denied', value: { name, code } }

const CONTEXT = 'sluice';

/** Calls `onToken` for each token that the page around this one sends; `only` is the one origin that may, if there is one. */
export function listenForTokens(onToken: (token: unknown) => void, only?: string): void {
  window.addEventListener('message', ({ source, origin, data }: MessageEvent<unknown>) => {
    if (source !== window.parent || typeof data !== 'object' || data === null) return;
    if (only !== undefined && origin !== only) return;
    if (!('context' in data) || data.context !== CONTEXT) return;
    if ('method' in data && data.method === 'setToken' && 'value' in data) onToken(data.value);
  });
}

/** Says that access was denied, or has expired. It contains no secret: any site may read it, if the address names no origin. */
export function tellDenied(name: string, code: string, only = '*'): void {
  if (window.parent === window) return;
  window.parent.postMessage({ context: CONTEXT, event: 'denied', value: { name, code } }, only);
}
