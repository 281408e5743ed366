// What to enter in the encoder, by tabs, and the links for viewers. Everything follows the chosen name and server.
import { withLanguage } from '../page/carried-language.ts';
import { type CopyLine, copyLine } from '../page/copy-button.ts';
import { element, setText } from '../page/element.ts';
import { type GatewayInfo, isOnlyHere, viewerRoot } from '../page/gateway-info.ts';
import { embedSnippet, embedUrl, playlistUrl, watchUrl } from '../page/gateway-urls.ts';
import { qrCode } from '../page/qr-code.ts';
import { type Tab, tabs } from '../page/tabs.ts';
import { setupWords } from '../words/setup.ts';
import { type TestChoice, testChoice } from './test-choice.ts';

const { encoder, viewers } = setupWords;

/** What the cards show. */
export type CardFacts = {
  readonly name: string;
  /** Such as `rtmp://HOST/live`. */
  readonly server: string;
  readonly info: Pick<GatewayInfo, 'publicUrl' | 'needsKey' | 'rtmpsServers'> | undefined;
};

export type Card = { readonly node: HTMLElement; readonly show: (facts: CardFacts) => void };

/** What makes the gateway judge a publish instead of showing it (docs/doctor.md). */
const TEST = '?test=1';

export type EncoderCard = Card & Pick<TestChoice, 'showReport'>;

/** Tabs for the encoders. `onTest` is called when the visitor chooses to test an encoder only, and when not. */
export function encoderCard(onTest: (isTest: boolean) => void): EncoderCard {
  const panels = encoderTabs();
  let shown: CardFacts | undefined;
  const show = (facts: CardFacts): void => {
    shown = facts;
    const { name, server, info } = facts;
    const needsKey = info?.needsKey === true;
    // The page is public and the key is secret, so the key is not shown here.
    const key = `${needsKey ? encoder.keyPlaceholder : name}${test.isTest() ? TEST : ''}`;
    const [secureServer] = info?.rtmpsServers ?? [];
    const note = needsKey ? encoder.keyNote(name) : '';
    for (const panel of panels) panel.show({ server, key, secureServer, note });
  };
  const test = testChoice((isTest) => {
    if (shown !== undefined) show(shown);
    onTest(isTest);
  });
  const node = card(
    encoder.heading,
    tabs(
      encoder.heading,
      panels.map(({ tab }) => tab),
    ).node,
    test.node,
  );
  return { node, show, showReport: test.showReport };
}

type EncoderFacts = {
  readonly server: string;
  readonly key: string;
  /** Over TLS. */
  readonly secureServer: string | undefined;
  /** About the key; empty for none. */
  readonly note: string;
};

type EncoderTab = { readonly tab: Tab; readonly show: (facts: EncoderFacts) => void };

/** A text to copy; it is hidden while it is undefined. */
type EncoderLine = readonly [label: string, textOf: (facts: EncoderFacts) => string | undefined];

function encoderTabs(): readonly EncoderTab[] {
  const serverOf = ({ server }: EncoderFacts): string => server;
  const keyOf = ({ key }: EncoderFacts): string => key;
  const wholeOf = ({ server, key }: EncoderFacts): string => `${server}/${key}`;
  const server: EncoderLine = [encoder.server, serverOf];
  const key: EncoderLine = [encoder.key, keyOf];
  const secure: EncoderLine = [encoder.secureServer, ({ secureServer }) => secureServer];
  return [
    encoderTab('obs', [server, secure, key], encoder.obs),
    encoderTab('ffmpeg', [
      [encoder.ffmpegTest, (facts) => testCommand(wholeOf(facts))],
      [encoder.ffmpegFile, (facts) => fileCommand(wholeOf(facts))],
    ]),
    encoderTab(
      'vmix',
      [
        [encoder.vmixUrl, serverOf],
        [encoder.vmixKey, keyOf],
      ],
      encoder.vmix,
    ),
    encoderTab('hardware', [[encoder.whole, wholeOf], server, key, secure], encoder.hardware),
  ];
}

function encoderTab(
  id: keyof typeof encoder.tabs,
  lines: readonly EncoderLine[],
  texts: readonly string[] = [],
): EncoderTab {
  const shown = lines.map(([label, textOf]) => ({ line: copyLine(label), textOf }));
  const note = hint();
  const how = texts.length === 0 ? [] : [steps(texts)];
  return {
    tab: { id, label: encoder.tabs[id], content: [...shown.map(({ line }) => line.node), note, ...how] },
    show: (facts) => {
      for (const { line, textOf } of shown) showOptional(line, textOf(facts));
      setText(note, facts.note);
      note.hidden = facts.note === '';
    },
  };
}

function showOptional(line: CopyLine, text: string | undefined): void {
  line.set(text ?? '');
  line.node.hidden = text === undefined;
}

/** The links for viewers, and the watch page as a QR code. */
export function viewerCard(root: string): Card {
  const watch = copyLine(viewers.watch);
  const embed = copyLine(viewers.embed);
  const hls = copyLine(viewers.hls);
  const note = hint();
  const code = element('div', { class: 'qr-holder' });
  const caption = element('figcaption', { class: 'hint' }, viewers.qrHint);
  const figure = element('figure', { class: 'qr-figure' }, code, caption);
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
      figure,
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
      figure.hidden = onlyHere; // a phone cannot reach it
      const url = watchUrl(shared, name);
      watch.set(url);
      embed.set(embedSnippet(shared, name));
      hls.set(playlistUrl(shared, name));
      open.href = withLanguage(watchUrl(root, name));
      playground.href = withLanguage(`${embedUrl(root, name)}/test`);
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
