// What to enter in the encoder, by tabs, and the links for viewers. Everything follows the chosen name and server.
import { type CopyLine, copyLine } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { type GatewayInfo, isOnlyHere, viewerRoot } from '../page/gateway-info.ts';
import { embedSnippet, embedUrl, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { qrCode } from '../page/qr-code.ts';
import { tabs } from '../page/tabs.ts';
import { setupWords } from '../page/words-setup.ts';

const { encoder, viewers } = setupWords;

/** What the cards show. */
export type CardFacts = {
  readonly name: string;
  /** Such as `rtmp://HOST/live`. */
  readonly server: string;
  readonly info: Pick<GatewayInfo, 'publicUrl' | 'needsKey' | 'rtmpsServers'> | undefined;
};

export type Card = { readonly node: HTMLElement; readonly show: (facts: CardFacts) => void };

/** Tabs for the encoders. */
export function encoderCard(): Card {
  const lines = {
    server: [copyLine(encoder.server), copyLine(encoder.vmixUrl), copyLine(encoder.server)],
    key: [copyLine(encoder.key), copyLine(encoder.vmixKey), copyLine(encoder.key)],
    secure: [copyLine(encoder.secureServer), copyLine(encoder.secureServer)],
    whole: [copyLine(encoder.whole)],
    test: [copyLine(encoder.ffmpegTest)],
    file: [copyLine(encoder.ffmpegFile)],
  };
  const of = (key: keyof typeof lines, at = 0): readonly HTMLElement[] => {
    const line = lines[key][at];
    return line === undefined ? [] : [line.node];
  };
  const [obsNote, ffmpegNote, vmixNote, hardwareNote] = [hint(), hint(), hint(), hint()];
  const keyNotes = [obsNote, ffmpegNote, vmixNote, hardwareNote];
  const node = card(
    encoder.heading,
    tabs(encoder.heading, [
      {
        id: 'obs',
        label: encoder.tabs.obs,
        content: [...of('server'), ...of('secure'), ...of('key'), obsNote, steps(encoder.obs)],
      },
      { id: 'ffmpeg', label: encoder.tabs.ffmpeg, content: [...of('test'), ...of('file'), ffmpegNote] },
      {
        id: 'vmix',
        label: encoder.tabs.vmix,
        content: [...of('server', 1), ...of('key', 1), vmixNote, steps(encoder.vmix)],
      },
      {
        id: 'hardware',
        label: encoder.tabs.hardware,
        content: [
          ...[...of('whole'), ...of('server', 2), ...of('key', 2), ...of('secure', 1)],
          hardwareNote,
          steps(encoder.hardware),
        ],
      },
    ]),
  );
  const set = (key: keyof typeof lines, text: string): void => {
    for (const line of lines[key] as readonly CopyLine[]) line.set(text);
  };
  return {
    node,
    show: ({ name, server, info }) => {
      // The page is public and the key is secret, so the key is not shown here.
      const sent = info?.needsKey === true ? encoder.keyPlaceholder : name;
      const [secure] = info?.rtmpsServers ?? [];
      set('server', server);
      set('key', sent);
      set('whole', `${server}/${sent}`);
      set('secure', secure ?? '');
      for (const line of lines.secure) line.node.hidden = secure === undefined;
      set('test', testCommand(`${server}/${sent}`));
      set('file', fileCommand(`${server}/${sent}`));
      for (const note of keyNotes) {
        setText(note, info?.needsKey === true ? encoder.keyNote(name) : '');
        note.hidden = info?.needsKey !== true;
      }
    },
  };
}

/** The links for viewers, and the watch page as a QR code. */
export function viewerCard(root: string): Card {
  const watch = copyLine(viewers.watch);
  const embed = copyLine(viewers.embed);
  const hls = copyLine(viewers.hls);
  const note = hint();
  const code = element('div', { class: 'qr-holder' });
  const open = element('a', { class: 'button', target: '_blank', rel: 'noopener' });
  const playground = element(
    'a',
    { class: 'button button-quiet', target: '_blank', rel: 'noopener' },
    viewers.playground,
  );
  const node = card(
    viewers.heading,
    element(
      'div',
      { class: 'viewer-links' },
      element(
        'div',
        { class: 'viewer-lines' },
        hint(viewers.hint),
        note,
        watch.node,
        embed.node,
        hls.node,
        element('div', { class: 'viewer-buttons' }, open, playground),
      ),
      element(
        'figure',
        { class: 'qr-figure' },
        code,
        element('figcaption', { class: 'hint' }, viewers.qrHint),
      ),
    ),
  );
  let coded = '';
  return {
    node,
    show: ({ name, server, info }) => {
      const shared = info?.publicUrl === undefined ? viewerRoot(root, server) : `${info.publicUrl}/`;
      const onlyHere = isOnlyHere(shared);
      setText(note, onlyHere ? viewers.onlyHere : '');
      note.hidden = !onlyHere;
      const url = watchUrl(shared, name);
      watch.set(url);
      embed.set(embedSnippet(shared, name));
      hls.set(playlistUrl(shared, name));
      open.href = watchUrl(root, name);
      playground.href = `${embedUrl(root, name)}/test`;
      setText(open, viewers.open(name));
      if (coded === url) return;
      coded = url;
      code.replaceChildren(qrCode(url, viewers.qr));
    },
  };
}

/** A key frame every 2 s at 30 fps. Viewers start at key frames, so the key frame interval is the longest wait. */
const ENCODING =
  '-c:v libx264 -preset veryfast -tune zerolatency -pix_fmt yuv420p -g 60 -c:a aac -b:a 128k -f flv';

function fileCommand(target: string): string {
  return `ffmpeg -re -i input.mp4 ${ENCODING} "${target}"`;
}

function testCommand(target: string): string {
  const inputs =
    '-f lavfi -i testsrc2=size=1280x720:rate=30 -f lavfi -i sine=frequency=440:sample_rate=48000';
  return `ffmpeg -re ${inputs} ${ENCODING} "${target}"`;
}

function steps(texts: readonly string[]): HTMLElement {
  return element('ol', { class: 'how-to' }, ...texts.map((text) => element('li', {}, text)));
}

function card(heading: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'panel' }, element('h2', {}, heading), ...children);
}

function hint(text = ''): HTMLElement {
  return element('p', { class: 'hint' }, text);
}
