// Removes what a report for strangers must not have: addresses, keys, tokens and the name of the stream.

const IPV4 = /\b(?:\d{1,3}\.){3}(?:\d{1,3}|x)\b/g;
/** Groups of hexadecimal digits. A time of day has neither letters, nor an empty group, nor four colons. */
const IPV6 =
  /(?<![\w:])(?=[\da-f:]*(?:::|[a-f])|(?:[\da-f]{1,4}:){4})(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:])/gi;
const URL_LIKE = /\b(?:rtmps?|https?|wss?|srt):\/\/[^\s"'<>)]+/gi;
const SECRET = /\b(key|token|password|secret|signature|authorization)(["']?\s*[=:]\s*)["']?[^\s"'&,;]+/gi;
const BEARER = /\b(bearer\s+)[^\s"']+/gi;
/** Long random texts: keys, tokens, digests. */
const LONG_RANDOM = /\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{24,}\b/g;
/** A host name with a dot and a known kind of ending; versions and file names are none. */
const HOST = /\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|tv|live|dev|app|local|lan|internal|example|test)\b/gi;

/** The text without addresses, keys, tokens and `name`. */
export function redactText(text: string, name: string): string {
  const plain = text
    .replace(URL_LIKE, '[address]')
    .replace(BEARER, '$1[removed]')
    .replace(SECRET, '$1$2[removed]')
    .replace(IPV4, '[address]')
    .replace(IPV6, '[address]')
    .replace(HOST, '[address]');
  return withoutName(plain, name).replace(LONG_RANDOM, '[removed]');
}

function withoutName(text: string, name: string): string {
  if (name === '') return text;
  const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w-])${literal}(?![\\w-])`, 'g'), '[stream]');
}
