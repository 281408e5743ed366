// Formats JSON log lines as short lines for a terminal.

type LogEntry = Readonly<Record<string, unknown>>;

const RESET = '\u001b[0m';
const DIM = '\u001b[2m';
const COLORS: Readonly<Record<string, string>> = { warn: '\u001b[33m', error: '\u001b[31m' };
/** Shown by position, not as key=value. */
const PLACED = new Set(['level', 'time', 'msg', 'stream', 'err']);
/** app.ts logs changes of state with this message, which is replaced by the state. */
const STATE_CHANGE = 'stream state';
/** C0 and C1 controls: a peer's text must not move the cursor or set colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
const CONTROLS = /[\u0000-\u001f\u007f-\u009f]/g;

export type LogStyle = {
  readonly hasColor: boolean;
  /** Address of a stream's page, shown when the stream goes live. */
  readonly watchUrl: (name: string) => string | undefined;
};

/** `json` is one line of the log; a line that is not a JSON object is unchanged. Ends with a line break. */
export function renderLogLine(json: string, style: LogStyle): string {
  const entry = parsed(json);
  if (entry === undefined) return json.endsWith('\n') ? json : `${json}\n`;
  const paint = (color: string, text: string): string =>
    style.hasColor && color !== '' ? `${color}${text}${RESET}` : text;
  const level = String(entry['level'] ?? 'info');
  const name = entry['stream'] === undefined ? '' : `${clean(String(entry['stream']))}  `;
  const words = wordsOf(entry);
  const text = `${name}${level === 'info' || level === 'debug' ? '' : `${level}: `}${words}`;
  const details = detailsOf(entry);
  const watch = watchLine(entry, style);
  return `  ${paint(DIM, timeOf(entry))}  ${paint(COLORS[level] ?? '', text)}${details === '' ? '' : `  ${paint(DIM, details)}`}${watch}\n`;
}

function wordsOf(entry: LogEntry): string {
  return clean(entry['msg'] === STATE_CHANGE ? `is ${entry['state']}` : String(entry['msg'] ?? ''));
}

function watchLine(entry: LogEntry, { watchUrl }: LogStyle): string {
  if (entry['state'] !== 'live' || typeof entry['stream'] !== 'string') return '';
  const url = watchUrl(entry['stream']);
  return url === undefined ? '' : `  watch it at ${url}`;
}

function detailsOf(entry: LogEntry): string {
  const parts = Object.entries(entry)
    .filter(([key]) => !PLACED.has(key) && !(key === 'state' && entry['msg'] === STATE_CHANGE))
    .map(([key, value]) => `${key}=${quoted(value)}`);
  const fault = entry['err'];
  if (typeof fault === 'object' && fault !== null && 'stack' in fault)
    parts.push(`\n${String(fault.stack).split('\n').map(clean).join('\n')}`);
  return parts.join(' ');
}

function quoted(value: unknown): string {
  const text = clean(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  return typeof value === 'string' && /[\s="]/.test(text) ? JSON.stringify(text) : text;
}

function clean(text: string): string {
  return text.replace(CONTROLS, '?');
}

/** Local time of day. */
function timeOf(entry: LogEntry): string {
  const at = new Date(String(entry['time'] ?? ''));
  if (Number.isNaN(at.getTime())) return '--:--:--';
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

function parsed(json: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
