// The name of captions in the language of the page. Playlists have it in English, for every player (server/hls/caption-names.ts).
import { languageName } from '../words/language.ts';
import { words } from '../words/stream.ts';

const CHANNEL = /^Captions(?: (\d))?$/;
const SERVICE = /^Captions, service (\d)$/;
const WRITTEN = /^Live captions(?:, (.+))?$/;

/** `language`: of the track, as BCP 47 has it; empty if it is unknown. Other names stay as they are. */
export function captionName(name: string, language: string): string {
  const { captions, captionsNumbered, captionsService, captionsWritten, captionsIn } = words.player;
  const channel = CHANNEL.exec(name);
  if (channel !== null) return channel[1] === undefined ? captions : captionsNumbered(channel[1]);
  const [, service] = SERVICE.exec(name) ?? [];
  if (service !== undefined) return captionsService(service);
  const written = WRITTEN.exec(name);
  if (written === null) return name;
  const [, english] = written;
  return english === undefined
    ? captionsWritten
    : captionsIn((language && languageName(language)) || english);
}
