// What the set-up page requests from the gateway, and the addresses that it derives from the answer. Each field is read
// separately: an unknown or missing field never breaks the page.

export type GatewayInfo = {
  readonly version: string;
  readonly rtmpServers: readonly string[];
  /** Over TLS, with a certificate only. */
  readonly rtmpsServers?: readonly string[];
  /** The public address from the settings. */
  readonly publicUrl?: string;
  readonly rtmpPublicUrl?: string;
  /** Encoders send a secret key, which is not the name. */
  readonly needsKey?: true;
};

export type StreamEntry = {
  readonly name: string;
  readonly state: string;
  readonly viewers: number;
  /**
   * When the stream began, ignoring interruptions, in milliseconds since the Unix epoch; undefined when the gateway does
   * not say.
   */
  readonly sinceMs: number | undefined;
};

/** Streams in these states are not listed as live. */
const NOT_ON = new Set(['offline', 'ended']);
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/;
/** An address does not need to name RTMP's default port. */
const DEFAULT_RTMP_PORT = 1935;

/** `GET api/v1/info`. */
export function parseInfo(body: unknown): GatewayInfo {
  const info = asObject(body);
  const { servers, publicUrl: rtmpPublicUrl, needsKey } = asObject(info['rtmp']);
  const { servers: secureServers } = asObject(info['rtmps']);
  const { publicUrl } = asObject(info['http']);
  const { version } = info;
  return {
    version: typeof version === 'string' ? version : '',
    rtmpServers: textsIn(servers),
    ...(Array.isArray(secureServers) ? { rtmpsServers: textsIn(secureServers) } : {}),
    ...(needsKey === true ? { needsKey } : {}),
    ...(typeof publicUrl === 'string' ? { publicUrl } : {}),
    ...(typeof rtmpPublicUrl === 'string' ? { rtmpPublicUrl } : {}),
  };
}

/** `GET api/v1/streams`: the streams that are neither offline nor ended, by name. */
export function parseStreams(body: unknown): readonly StreamEntry[] {
  const { streams } = asObject(body);
  if (!Array.isArray(streams)) return [];
  return streams
    .map((stream) => parseEntry(asObject(stream)))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The addresses for an encoder, best first. If a public address is set, it is the only one. Otherwise the address of this
 * page, then those that the gateway reports. Loopback is last, and only on a page of this machine.
 */
export function serverChoices(info: GatewayInfo | undefined, hostname: string): readonly string[] {
  if (info?.rtmpPublicUrl !== undefined) return [info.rtmpPublicUrl];
  const told = (info?.rtmpServers ?? []).map(withoutDefaultPort);
  const port = portOf(told[0]);
  const own = `rtmp://${hostname}${port === DEFAULT_RTMP_PORT ? '' : `:${port}`}/live`;
  const choices = [...new Set([own, ...told])];
  const isLoopback = (server: string): boolean => LOOPBACK.test(hostOf(server));
  const others = choices.filter((server) => !isLoopback(server));
  return LOOPBACK.test(hostname) ? [...others, ...choices.filter(isLoopback)] : others;
}

/**
 * The root of links for other people: the public address if one is set, otherwise as `viewerRoot` with the best server
 * address.
 */
export function shareRoot(root: string, info: GatewayInfo | undefined): string {
  if (info?.publicUrl !== undefined) return `${info.publicUrl}/`;
  return viewerRoot(root, serverChoices(info, new URL(root).hostname)[0] ?? '');
}

/** Whether the address works only on this machine. */
export function isOnlyHere(root: string): boolean {
  return LOOPBACK.test(new URL(root).hostname);
}

/**
 * The root of links for viewers. Nobody else can use the address of a page opened as localhost, so the encoder's host
 * replaces it.
 */
export function viewerRoot(root: string, server: string): string {
  const url = new URL(root);
  const host = hostOf(server);
  if (!LOOPBACK.test(url.hostname) || LOOPBACK.test(host) || host === '') return root;
  return `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}`;
}

function parseEntry(stream: Readonly<Record<string, unknown>>): StreamEntry | undefined {
  const { name, state, viewers, since, startedAt = since } = stream;
  if (typeof name !== 'string' || typeof state !== 'string' || NOT_ON.has(state)) return undefined;
  const sinceMs = typeof startedAt === 'string' ? Date.parse(startedAt) : startedAt;
  return {
    name,
    state,
    viewers: typeof viewers === 'number' ? viewers : 0,
    sinceMs: typeof sinceMs === 'number' && Number.isFinite(sinceMs) ? sinceMs : undefined,
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

function withoutDefaultPort(server: string): string {
  return server.replace(/^(rtmp:\/\/(?:\[[^\]]*\]|[^/:]+)):1935(?=\/|$)/, '$1');
}

function hostOf(server: string): string {
  return /^rtmps?:\/\/(\[[^\]]*\]|[^/:]+)/.exec(server)?.[1] ?? '';
}

function portOf(server: string | undefined): number {
  const port = /^rtmps?:\/\/(?:\[[^\]]*\]|[^/:]+):(\d+)/.exec(server ?? '')?.[1];
  return port === undefined ? DEFAULT_RTMP_PORT : Number(port);
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
