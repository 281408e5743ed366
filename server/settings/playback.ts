// The settings of playback: which streams are public, unlisted or signed, and what verifies tokens (`playback.*`).

import { list } from './collections.ts';
import { choice, text } from './kinds.ts';
import { duration } from './measures.ts';
import { NAME_PATTERN } from './name-text.ts';
import { optional, records } from './records.ts';
import { MASK, partlyHidden, secretText } from './secret-text.ts';
import type { Reading, Setting, SettingSource } from './setting.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 32 characters of hexadecimal digits are 128 random bits. A comma would separate two secrets. */
const SECRET_SHAPE = /^[\x21-\x2b\x2d-\x7e]{32,256}$/;
/** 8 to 128 characters without control characters. */
const PASSWORD_SHAPE = /^\P{Cc}{8,128}$/u;
/** `scrypt:SALT:HASH` in base64url; N = 16384, r = 8, p = 1 (RFC 7914 clause 2), and 32 bytes of hash. */
export const SCRYPT_HASH = /^scrypt:([A-Za-z0-9_-]{22,86}):([A-Za-z0-9_-]{43})$/;

/** `public`: listed, and anybody may watch. `unlisted`: anybody who knows the name. `signed`: only with a token. */
export type PlaybackVisibility = 'public' | 'unlisted' | 'signed';
const VISIBILITIES: readonly PlaybackVisibility[] = ['public', 'unlisted', 'signed'];

/** Who may watch one stream. */
export type PlaybackRule = {
  readonly access: PlaybackVisibility;
  /** In plain, or a scrypt hash. */
  readonly password?: string;
};

function access(meaning: string): Setting<PlaybackVisibility> {
  return choice<PlaybackVisibility>('public', VISIBILITIES, meaning);
}

const SECRET_FORM =
  '32 to 256 visible characters without a comma, such as the output of openssl rand -hex 32';
const isSecret = (given: string): boolean => given === '' || SECRET_SHAPE.test(given);

function secrets(meaning: string): Setting<readonly string[]> {
  const item = secretText('', { form: SECRET_FORM, valid: isSecret });
  const plain = list(item, meaning);
  const form = `a list with commas between, each ${SECRET_FORM}`;
  return {
    ...plain,
    form,
    isSecret: true,
    read: (raw, source) => {
      const reading = plain.read(raw, source);
      if (reading.kind === 'value' && reading.value.includes(''))
        return { kind: 'fault', fault: 'one is empty' };
      // The message of a list repeats the value.
      const isMask = raw === MASK || (Array.isArray(raw) && raw.includes(MASK));
      if (reading.kind === 'value') return reading;
      return {
        kind: 'fault',
        fault: isMask ? `write the secrets where ${MASK} stands` : `it must be ${form}`,
      };
    },
  };
}

const PASSWORD_FORM = '8 to 128 characters, or a hash such as scrypt:SALT:HASH';
const isPassword = (given: string): boolean =>
  given === '' || (given.startsWith('scrypt:') ? SCRYPT_HASH : PASSWORD_SHAPE).test(given);

const RULE_FIELDS = {
  access: optional(access('Who may watch, in place of playback.access; signed if there is a password.')),
  password: optional(
    secretText('Viewers who enter it get a token. In plain, or its scrypt hash.', {
      form: PASSWORD_FORM,
      valid: isPassword,
    }),
  ),
};
const RULE = records(RULE_FIELDS, '');

function streamRules(meaning: string): Setting<Readonly<Record<string, PlaybackRule>>> {
  const form =
    'a mapping of stream names, each with access (public, unlisted or signed) and password, or with the access alone';
  const toFile = (rules: Readonly<Record<string, PlaybackRule>>): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      Object.entries(rules).map(([name, { access: visibility, password }]) => [
        name,
        { access: visibility, ...(password === undefined ? {} : { password: MASK }) },
      ]),
    );
  return {
    defaultValue: {},
    form,
    meaning,
    isSecret: true,
    read: (raw, source) => {
      const rules = mappingOf(raw);
      if (rules === undefined) return { kind: 'fault', fault: `it must be ${form}` };
      const read: [string, PlaybackRule][] = [];
      for (const [name, given] of rules) {
        const reading = ruleOf(name, given, source);
        if (reading.kind === 'fault') return reading;
        read.push([name, reading.value]);
      }
      return { kind: 'value', value: Object.fromEntries(read) };
    },
    show: (rules) => (Object.keys(rules).length === 0 ? '' : JSON.stringify(toFile(rules))),
    toFile,
    jsonSchema: () => ({
      type: 'object',
      propertyNames: { pattern: NAME_PATTERN.source },
      additionalProperties: {
        anyOf: [RULE.jsonSchema()['items'], { type: 'string', enum: [...VISIBILITIES] }],
      },
    }),
  };
}

/** Entries of a mapping, or of its JSON; undefined for anything else. */
function mappingOf(raw: unknown): readonly [string, unknown][] | undefined {
  // If all streams are commented out, YAML gives null.
  if (raw === null || (typeof raw === 'string' && raw.trim() === '')) return [];
  if (typeof raw === 'object') return Array.isArray(raw) ? undefined : Object.entries(raw);
  if (typeof raw !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'string' ? undefined : mappingOf(value);
  } catch {
    return undefined;
  }
}

/** A password may stand in place of a name by mistake, so a message repeats a name only if it is one. */
function ruleOf(name: string, given: unknown, source: SettingSource): Reading<PlaybackRule> {
  if (!NAME_PATTERN.test(name))
    return {
      kind: 'fault',
      fault: 'a stream name is 1 to 64 letters, digits, "-" or "_"; one of the names is not',
    };
  const fields = typeof given === 'string' ? { access: given } : given;
  const isMapping = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  if (!isMapping)
    return {
      kind: 'fault',
      fault: `${name}: it must be a mapping of access and password, or one of ${VISIBILITIES.join(', ')}`,
    };
  const reading = RULE.read([fields], source);
  if (reading.kind === 'fault')
    return { kind: 'fault', fault: reading.fault.replace(/^record 1: /, `${name}: `) };
  const [rule] = reading.value;
  const { password: entered = '', access: visibility = entered === '' ? undefined : 'signed' } = rule ?? {};
  if (visibility === undefined) return { kind: 'fault', fault: `${name}: access is missing` };
  if (entered !== '' && visibility !== 'signed')
    return {
      kind: 'fault',
      fault: `${name}: a password closes a stream, so its access must be signed, not ${visibility}`,
    };
  return {
    kind: 'value',
    value: { access: visibility, ...(entered === '' ? {} : { password: entered }) },
  };
}

/** The rows of the table. */
export const PLAYBACK_SETTINGS = {
  'playback.access': access(
    'Who may watch: everybody (public), everybody who knows the name (unlisted), or viewers with a token (signed).',
  ),
  'playback.streams': streamRules(
    'Streams with an access of their own, and passwords for which viewers get a token.',
  ),
  'playback.secrets': secrets(
    'Secrets of tokens: the first signs, all verify. Empty: one that the gateway makes and keeps in data.dir.',
  ),
  'playback.password-lifetime': duration(
    12 * HOUR_MS,
    'How long a viewer may watch after entering the password of a stream, or after a yes of auth.play-url that sets no lifetime.',
    { minMs: 60_000, maxMs: 365 * DAY_MS },
  ),
  'playback.jwt-secret': secretText(
    'Secret of JWTs with HS256 that are accepted as tokens; empty for none.',
    { form: `${SECRET_FORM}, or empty`, valid: isSecret },
  ),
  'playback.jwt-key': text(
    '',
    'PEM file of the public key of JWTs with RS256 or ES256; read again at SIGHUP.',
    'the path of a file, or empty',
  ),
  'playback.jwt-jwks': jwksPlace(
    'JSON Web Key Set of JWTs with RS256 or ES256; a file is read again at SIGHUP.',
  ),
  'playback.jwt-audience': text(
    '',
    'What the claim aud of a JWT must hold; empty for anything.',
    'a text, or empty',
  ),
  'playback.jwt-issuer': text(
    '',
    'What the claim iss of a JWT must be; empty for anything.',
    'a text, or empty',
  ),
} as const;

function jwksPlace(meaning: string): Setting<string> {
  const form = 'the path of a file, an https address, an http address of this machine, or empty';
  return partlyHidden(meaning, form, { faultOf: (given) => jwksFault(given, form), shown: shownJwks });
}

/** A query may hold a secret. */
function shownJwks(place: string): string {
  const queryAt = isUrl(place) ? place.indexOf('?') : -1;
  return queryAt === -1 ? place : `${place.slice(0, queryAt)}?${MASK}`;
}

function jwksFault(place: string, form: string): string | undefined {
  if (isUrl(place) && place.endsWith(`?${MASK}`))
    return `${MASK} stands where a query was left out; write the query`;
  if (!isJwksPlace(place)) return `it must be ${form}`;
  // fetch refuses such an address, so no key would ever be loaded.
  const hasUser = isUrl(place) && (new URL(place).username !== '' || new URL(place).password !== '');
  return hasUser ? 'it must have no user and password' : undefined;
}

function isUrl(place: string): boolean {
  return /^[a-z][a-z+.-]*:\/\//i.test(place);
}

/** Over plain http somebody on the way could give keys of their own. */
function isJwksPlace(place: string): boolean {
  if (!isUrl(place)) return true;
  if (!URL.canParse(place)) return false;
  const { protocol, hostname } = new URL(place);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname))
  );
}
