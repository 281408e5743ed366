// What the set-up page asks the gateway, and the addresses it derives from the answer.
// Answers are read field by field: an unknown or missing one never breaks the page.

export type GatewayInfo = {
  readonly version: string;
  readonly rtmpServers: readonly string[];
  /** The addresses that the settings name for everybody. */
  readonly publicUrl?: string;
  readonly rtmpPublicUrl?: string;
  /** Encoders send a secret key, which is not the name. */
  readonly needsKey?: true;
};

export type StreamEntry = {
  readonly name: string;
  readonly state: string;
  readonly viewers: number;
  /** When the stream began, whatever interrupted it since, milliseconds since the Unix epoch; undefined when not told. */
  readonly sinceMs: number | undefined;
};

/** States in which nobody publishes: such a stream is not in the list of what is on. */
const NOT_ON = new Set(['offline', 'ended']);
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[?::1\]?)$/;
/** RTMP's own port needs no mention in an address. */
const DEFAULT_RTMP_PORT = 1935;

/** `GET api/v1/info`. */
export function parseInfo(body: unknown): GatewayInfo {
  const info = asObject(body);
  const { servers, publicUrl: rtmpPublicUrl, needsKey } = asObject(info['rtmp']);
  const { publicUrl } = asObject(info['http']);
  const { version } = info;
  return {
    version: typeof version === 'string' ? version : '',
    rtmpServers: Array.isArray(servers) ? servers.filter((server) => typeof server === 'string') : [],
    ...(needsKey === true ? { needsKey } : {}),
    ...(typeof publicUrl === 'string' ? { publicUrl } : {}),
    ...(typeof rtmpPublicUrl === 'string' ? { rtmpPublicUrl } : {}),
  };
}

/** `GET api/v1/streams`: the streams that are on, by name. */
export function parseStreams(body: unknown): readonly StreamEntry[] {
  const { streams } = asObject(body);
  if (!Array.isArray(streams)) return [];
  return streams
    .map((stream) => parseEntry(asObject(stream)))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * The addresses an encoder may be given, best first: the public one alone, where one is set; else the one by which this page
 * was reached, and what the gateway says. Loopback comes last, on a page of this machine only.
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

/** The root of links for others: the public one where one is set, else as `viewerRoot`, by the best server address. */
export function shareRoot(root: string, info: GatewayInfo | undefined): string {
  if (info?.publicUrl !== undefined) return `${info.publicUrl}/`;
  return viewerRoot(root, serverChoices(info, new URL(root).hostname)[0] ?? '');
}

/** Whether nobody on another machine can use it. */
export function isOnlyHere(root: string): boolean {
  return LOOPBACK.test(new URL(root).hostname);
}

/**
 * The root to give to viewers: a page reached as localhost has an address nobody else can use, so the host
 * chosen for the encoder stands in for it.
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
