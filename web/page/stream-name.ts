// The public name of a stream in a page's address. The rule is the gateway's: 1 to 64 letters, digits, `_` or `-`.

const STREAM_NAME = /^[A-Za-z0-9_-]{1,64}$/;

/** Whether `text` is a valid stream name. */
export function isStreamName(text: string): boolean {
  return STREAM_NAME.test(text);
}

/** The name in `/watch/NAME` or `/embed/NAME`, under any prefix; undefined when there is no valid one. */
export function streamNameFromPath(pathname: string): string | undefined {
  const encoded = /\/(?:watch|embed)\/([^/]*)\/?$/.exec(pathname)?.[1];
  if (encoded === undefined) return undefined;
  try {
    const name = decodeURIComponent(encoded);
    return isStreamName(name) ? name : undefined;
  } catch {
    return undefined; // invalid percent-encoding
  }
}
