// The search for secrets in everything that a gateway says during the end-to-end tests. The helpers in this folder report what they
// start, receive and are answered; leak-setup.ts fails a file in whose run a secret was seen where it must not be.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readKeysFile } from '../../server/access/keys-file.ts';
import { readCommand } from '../../server/command/command-line.ts';
import { type SettingPath, type Settings, settingOf, settingPaths } from '../../server/settings/table.ts';

/** Ways by which a gateway says something. */
export const PLACES = ['log', 'page', 'api', 'metrics', 'websocket', 'events', 'webhook'] as const;
export type Place = (typeof PLACES)[number];

/** Keys and admin tokens that a gateway has made are known by their form, so nobody has to report them. */
const MADE = /(?:sk|sat)_[a-z2-7]{26}/g;
/** Names of the fields of settings that hold a secret. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['key', 'token', 'secret', 'password']);
/** A piece of this length counts: nobody shortens a secret to it by chance. */
const PIECE_CHARACTERS = 16;
/** A shorter text, such as the password `show`, could be any word. */
const LEAST_CHARACTERS = 8;
/** A playback token is in the addresses of pages, and so may be in what they say. */
const NO_TOKEN_HERE: readonly Place[] = ['log', 'metrics', 'websocket', 'events', 'webhook'];
const TOKEN_IN_URL = /(?:\/t\/|[?&]token=)([A-Za-z0-9._-]{40,})/g;
const TEXT = /^(?:text\/|application\/(?:.*json|.*xml|javascript|vnd\.apple\.mpegurl))/i;
/** The answers that show a secret once, to the operator who asked for it. */
const CREATES = /\/api\/v1\/(?:keys|admin-tokens)$/;

const SETTLE_TIMEOUT_MS = 5_000;

type Secret = {
  readonly what: string;
  readonly pieces: readonly string[];
  readonly places: readonly Place[];
};
type Sighting = { readonly place: Place; readonly source: string; readonly text: () => string };

export class LeakSearch {
  readonly #secrets = new Map<string, Secret>();
  /** By place and content: pages load the same scripts many times. */
  readonly #sightings = new Map<string, Sighting>();
  readonly #streams: Sighting[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  #isOn: boolean;

  constructor(isOn = true) {
    this.#isOn = isOn;
  }

  /** Nothing is kept before: runs of hours would keep all of their logs. */
  begin(): void {
    this.#isOn = true;
  }

  get secretCount(): number {
    return this.#secrets.size;
  }

  /** A text that must be seen nowhere, or not in these places. */
  keepSecret(what: string, value: string, places: readonly Place[] = PLACES): void {
    if (value.length < LEAST_CHARACTERS || this.#secrets.has(value)) return;
    const body = value.replace(/^(?:sk|sat|whsec)_/, '');
    const pieces = [body.slice(0, PIECE_CHARACTERS), body.slice(-PIECE_CHARACTERS)];
    const written = pieces.flatMap((each) => [
      each,
      encodeURIComponent(each),
      JSON.stringify(each).slice(1, -1),
    ]);
    this.#secrets.set(value, { what, pieces: [...new Set(written)], places });
  }

  /** The secrets in the flags, variables and files of a gateway. */
  keepConfigured(args: readonly string[], environment: Readonly<Record<string, string>>): void {
    const command = readCommand(args, environment);
    if (command.kind !== 'run') return;
    const { settings } = command.config;
    for (const setting of settingPaths()) this.#keepSetting(setting, settings);
    if (settings['keys.file'] !== '')
      for (const { key } of readKeysFile(settings['keys.file'])) this.keepSecret('keys.file', key);
  }

  /** The secrets that a gateway has made in its data folder. */
  keepStored(folder: string): void {
    for (const name of ['secret.json', 'playback.json']) {
      const file = path.join(folder, name);
      if (!existsSync(file)) continue;
      const content = JSON.parse(readFileSync(file, 'utf8')) as { secret?: string; secrets?: string[] };
      for (const secret of [content.secret ?? [], content.secrets ?? []].flat())
        this.keepSecret(name, secret);
    }
  }

  /** Something was said. `source` is for the message about a leak. */
  saw(place: Place, source: string, text: string): void {
    if (this.#isOn && text !== '')
      this.#sightings.set(`${place} ${text}`, { place, source, text: () => text });
  }

  /** Something that is said piece by piece, such as a log. @returns a function that takes the pieces */
  sawPieces(place: Place, source: string): (piece: string) => void {
    if (!this.#isOn) return () => undefined;
    const pieces: string[] = [];
    this.#streams.push({ place, source, text: () => pieces.join('') });
    return (piece) => void pieces.push(piece);
  }

  /** An answer over HTTP, with the method and the address of its request. */
  sawAnswer(method: string, url: string, head: object, body: string): void {
    for (const [, token = ''] of url.matchAll(TOKEN_IN_URL))
      this.keepSecret('playback token', token, NO_TOKEN_HERE);
    const { pathname } = new URL(url, 'http://gateway');
    if (method === 'POST' && CREATES.test(pathname)) return this.#keepCreated(body);
    this.saw(placeOf(pathname), `${method} ${pathname}`, `${JSON.stringify(head)}\n${body}`);
  }

  /** A reading that is not done; `settled` waits for it. */
  await(reading: Promise<unknown>): void {
    const done = reading.catch(() => undefined).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  /** Resolves when everything is read, or after a while: a test may have left an answer that never ends. */
  async settled(): Promise<void> {
    const late = delay(SETTLE_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([Promise.all(this.#pending), late]);
  }

  /** How many texts were seen in each place. */
  counts(): Readonly<Record<Place, number>> {
    const counts = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>;
    for (const { place, text } of this.#all()) if (text() !== '') counts[place] += 1;
    return counts;
  }

  /** One sentence for each leak; it does not repeat the secret. */
  leaks(): readonly string[] {
    const found = new Set<string>();
    for (const { place, source, text } of this.#all()) {
      const content = text();
      for (const { what, pieces, places } of this.#secrets.values())
        if (places.includes(place) && pieces.some((piece) => content.includes(piece)))
          found.add(`${what} is in ${place}: ${source}`);
      for (const [made] of content.matchAll(MADE))
        found.add(`${made.startsWith('sk') ? 'a publish key' : 'an admin token'} is in ${place}: ${source}`);
    }
    return [...found];
  }

  #all(): readonly Sighting[] {
    return [...this.#sightings.values(), ...this.#streams];
  }

  #keepSetting(setting: SettingPath, settings: Settings): void {
    const { isSecret, hidesValue } = settingOf(setting);
    if (isSecret === true)
      for (const secret of secretsIn(settings[setting])) this.keepSecret(setting, secret);
    if (hidesValue === true && URL.canParse(String(settings[setting])))
      for (const secret of new URL(String(settings[setting])).searchParams.values())
        this.keepSecret(setting, secret);
  }

  #keepCreated(body: string): void {
    for (const [made] of body.matchAll(MADE)) this.keepSecret('what the API has made', made);
  }
}

/** The search of the running test file; leak-setup.ts begins it. */
export const leakSearch = new LeakSearch(false);

/** Whether an answer of this type is searched; media is not. */
export function isText(contentType: string | null | undefined): boolean {
  return TEXT.test(contentType ?? '');
}

function placeOf(pathname: string): Place {
  if (pathname.endsWith('/metrics')) return 'metrics';
  return pathname.includes('/api/v1') ? 'api' : 'page';
}

/** A text, the texts of a list, and the secret fields of records. */
function secretsIn(value: unknown, isWhole = true): readonly string[] {
  if (typeof value === 'string') return isWhole ? value.split(' whsec_') : [];
  if (Array.isArray(value)) return value.flatMap((each) => secretsIn(each, isWhole));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) => secretsIn(field, SECRET_FIELDS.has(name)));
}
