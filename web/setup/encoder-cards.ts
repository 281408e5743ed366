// What to enter in the encoder, and the links for viewers. Everything follows the chosen name and server.
import { copyLine } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { type GatewayInfo, isOnlyHere, viewerRoot } from '../page/gateway-info.ts';
import { embedSnippet, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { words } from '../page/words.ts';

const { setup, share } = words;

export type EncoderCards = {
  readonly nodes: readonly HTMLElement[];
  /** Fills in the addresses for a valid name and a server like `rtmp://HOST/live`. */
  readonly show: (name: string, server: string, info: Pick<GatewayInfo, 'publicUrl' | 'needsKey'>) => void;
};

/** The cards for OBS, ffmpeg and viewers. */
export function encoderCards(root: string): EncoderCards {
  const server = copyLine(setup.server);
  const key = copyLine(setup.key);
  const command = copyLine(setup.command);
  const watch = copyLine(share.watch);
  const embed = copyLine(share.embed);
  const hls = copyLine(share.hls);
  const note = hint('');
  const keyNote = hint('');
  const open = element('a', { class: 'button', target: '_blank', rel: 'noopener' });
  return {
    nodes: [
      card(setup.obs, hint(setup.obsWhere), server.node, key.node, keyNote, hint(setup.obsKeyFrames)),
      card(setup.links, hint(setup.linksHint), note, watch.node, embed.node, hls.node, open),
      card(setup.ffmpeg, hint(setup.ffmpegHint), command.node),
    ],
    show: (name, serverUrl, { publicUrl, needsKey }) => {
      const shared = publicUrl === undefined ? viewerRoot(root, serverUrl) : `${publicUrl}/`;
      setText(note, isOnlyHere(shared) ? share.onlyHere : '');
      server.set(serverUrl);
      // The page is public and the key is secret, so the key is not shown here.
      const sent = needsKey === true ? setup.keyPlaceholder : name;
      setText(keyNote, needsKey === true ? setup.keyNote(name) : '');
      key.set(sent);
      command.set(ffmpegCommand(`${serverUrl}/${sent}`));
      watch.set(watchUrl(shared, name));
      embed.set(embedSnippet(shared, name));
      hls.set(playlistUrl(shared, name));
      open.href = watchUrl(root, name);
      setText(open, setup.watchName(name));
    },
  };
}

/** A key frame every 2 s at 30 fps. Viewers start at key frames, so the key frame interval is the longest wait. */
function ffmpegCommand(target: string): string {
  return (
    'ffmpeg -re -i input.mp4 -c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -g 60 ' +
    `-c:a aac -b:a 128k -f flv "${target}"`
  );
}

function card(heading: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'panel' }, element('h2', {}, heading), ...children);
}

function hint(text: string): HTMLElement {
  return element('p', { class: 'hint' }, text);
}
