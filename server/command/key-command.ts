// Parses the arguments of `sluice key`. Settings are accepted too, for the data folder and the addresses to print.

import type { KeyTerms } from '../access/publish-keys.ts';
import { instantOf, KEY_FIELDS } from '../settings/publish-key.ts';
import { unknownName } from '../settings/sources.ts';
import { acceptedBy, badOption, lifetimeOf } from './option-values.ts';
import { subcommandWords } from './subcommand-words.ts';

export type KeyAction =
  | { readonly kind: 'add'; readonly name: string; readonly terms: KeyTerms }
  | { readonly kind: 'list' }
  | { readonly kind: 'remove'; readonly id: string }
  | { readonly kind: 'help' };

/** The requested action, and the arguments that are settings. */
export type KeyArguments = { readonly action: KeyAction; readonly settings: readonly string[] };

const OPTIONS = ['expires', 'network', 'takeover', 'max-bitrate', 'max-viewers'] as const;
type KeyOption = (typeof OPTIONS)[number];
const ACTIONS = ['add', 'list', 'remove'];

/** A hundred years. */
const MAX_LIFETIME_MS = 36_500 * 24 * 3_600_000;

/** `args` are the arguments after `key`. Throws GatewayError for anything unknown, missing or malformed. */
export function readKeyArguments(args: readonly string[], nowMs: number): KeyArguments {
  const read = subcommandWords(args, OPTIONS);
  if (read.kind === 'help') return { action: { kind: 'help' }, settings: [] };
  return { action: actionOf(read.words, read.given, nowMs), settings: read.settings };
}

function actionOf(
  words: readonly string[],
  given: ReadonlyMap<KeyOption, readonly string[]>,
  nowMs: number,
): KeyAction {
  const [action, subject, ...rest] = words;
  if (action === undefined) return { kind: 'help' };
  if (!ACTIONS.includes(action)) throw unknownName(`key ${action}`, action, ACTIONS);
  if (rest.length > 0 || (action === 'list' && subject !== undefined))
    throw badOption(
      `key ${action} takes ${action === 'list' ? 'no name' : 'one word'}; ${words.length - 1} are given`,
    );
  const [option] = given.keys();
  if (action !== 'add' && option !== undefined) throw badOption(`--${option} belongs to key add`);
  if (action === 'list') return { kind: 'list' };
  if (subject === undefined)
    throw badOption(`key ${action} needs ${action === 'add' ? 'a name' : 'the id of a key'}`);
  if (action === 'remove') return { kind: 'remove', id: subject };
  const name = acceptedBy(`key add ${subject}`, KEY_FIELDS.name.setting.read(subject, 'flag'));
  return { kind: 'add', name, terms: termsOf(given, nowMs) };
}

function termsOf(given: ReadonlyMap<KeyOption, readonly string[]>, nowMs: number): KeyTerms {
  const [expires, takeover, bitrate, viewers] = (
    ['expires', 'takeover', 'max-bitrate', 'max-viewers'] as const
  ).map((option) => given.get(option)?.at(-1));
  const { takeover: byTakeover, networks, 'max-bitrate': byBitrate, 'max-viewers': byViewers } = KEY_FIELDS;
  return {
    networks: acceptedBy('--network', networks.setting.read(given.get('network') ?? [], 'flag')),
    ...(expires === undefined ? {} : { expiresAt: expiryOf(expires, nowMs) }),
    ...(takeover === undefined
      ? {}
      : { takeover: acceptedBy(`--takeover ${takeover}`, byTakeover.setting.read(takeover, 'flag')) }),
    ...(bitrate === undefined
      ? {}
      : {
          maxBitsPerSecond: acceptedBy(
            `--max-bitrate ${bitrate}`,
            // `8M` is short for `8Mbit`.
            byBitrate.setting.read(bitrate.replace(/^([\d.]+[kMG])$/, '$1bit'), 'flag'),
          ),
        }),
    ...(viewers === undefined
      ? {}
      : { maxViewers: acceptedBy(`--max-viewers ${viewers}`, byViewers.setting.read(viewers, 'flag')) }),
  };
}

/** `90m`, `12h`, `30d` from now, or a date or time. */
function expiryOf(text: string, nowMs: number): number {
  const lastsMs = lifetimeOf(text);
  const at = lastsMs === undefined ? instantOf(text) : nowMs + lastsMs;
  if (at === undefined || (lastsMs ?? 0) > MAX_LIFETIME_MS)
    throw badOption(
      `--expires ${text}: it must be a time from now such as 90m, 12h or 30d, or ${KEY_FIELDS.expires.setting.form}`,
    );
  if (at <= nowMs) throw badOption(`--expires ${text}: that time is over`);
  return at;
}
