// A bug in any parser ends only the connection whose bytes triggered it (trust row 41). Each parser gets one in turn.
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { PublishSession } from '../../../server/rtmp/client-session.ts';
import { Session } from '../../../server/rtmp/session.ts';
import { fetchMedia, reload } from '../../support/hls-client.ts';
import { connectRaw } from '../../support/rtmp-bytes.ts';
import { type ClipSource, goLive, type OpenGateway, openGateway, tinyTags } from '../gateway-fixture.ts';

const hook = vi.hoisted(() => {
  let armed: string | undefined;
  return {
    arm: (name: string | undefined): void => {
      armed = name;
    },
    /** Throws once when armed: a TypeError, like a bug in the gateway. */
    meet: (name: string): void => {
      if (name !== armed) return;
      armed = undefined;
      throw new TypeError(`planted in ${name}`);
    },
    isArmed: (): boolean => armed !== undefined,
  };
});

/** The module with a call of the hook before every function and every method of its classes. */
function withHook(module: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(module).map(([name, value]) => [
      name,
      typeof value === 'function' ? hooked(name, value) : value,
    ]),
  );
}

function hooked(name: string, target: object): unknown {
  return new Proxy(target, {
    apply: (callee, self, args) => {
      hook.meet(name);
      return Reflect.apply(callee as () => unknown, self, args);
    },
    construct: (callee, args) => {
      const made: object = Reflect.construct(callee as new () => object, args);
      const methods = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(made)));
      for (const [method, { value }] of methods) {
        if (method === 'constructor' || typeof value !== 'function') continue;
        Object.defineProperty(made, method, {
          value: (...rest: unknown[]) => {
            hook.meet(`${name}.${method}`);
            return Reflect.apply(value, made, rest);
          },
        });
      }
      return made;
    },
  });
}

vi.mock(import('../../../server/rtmp/handshake.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/rtmp/message-link.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/rtmp/message.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/rtmp/command.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/rtmp/amf0.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/rtmp/publish-request.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/live/stream-name.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/ingest/metadata.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/flv/video-tag.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/flv/audio-tag.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/codec/avc.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/codec/avc-pictures.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/codec/avc-sps.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/codec/aac.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/media/timeline.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/mp4/init-segment.ts'), async (load) => withHook(await load()) as never);
vi.mock(import('../../../server/mp4/fragment.ts'), async (load) => withHook(await load()) as never);

/** Everything that a publisher sends, recorded against a session in memory. In the replay only the gateway parses. */
function recordedPublisher(name: string): Buffer {
  const client = new PublishSession({ app: 'live', tcUrl: 'rtmp://127.0.0.1/live', streamName: name });
  const server = new Session();
  const sent: Buffer[] = [];
  const say = (bytes: Buffer): void => {
    sent.push(bytes);
    for (const output of server.receive(bytes)) hear(output);
  };
  const hear = (output: ReturnType<Session['receive']>[number]): void => {
    if (output.kind === 'publish-requested') for (const next of server.accept()) hear(next);
    if (output.kind !== 'send') return;
    for (const answer of client.receive(output.bytes)) if (answer.kind === 'send') say(answer.bytes);
  };
  say(client.start());
  say(client.data('@setDataFrame', ['onMetaData', { kind: 'object', properties: new Map([['width', 96]]) }]));
  for (const { kind, timestamp, body } of tinyTags) {
    if (kind !== 'script' && timestamp < 2_000) say(client[kind](timestamp, body));
  }
  return Buffer.concat(sent);
}

let open: OpenGateway;
let canary: ClipSource;
let canaryMs = 2_500;

const FAULT = 'a fault of the gateway itself';

beforeAll(async () => {
  open = await openGateway();
  canary = await goLive(open, 'canary', canaryMs);
});

afterEach(() => hook.arm(undefined));

test.each([
  'ServerHandshake.receive',
  'MessageLink.feed',
  'MessageLink.next',
  'parseControl',
  'parseCommand',
  'parseConnect',
  'parsePublish',
  'parseData',
  'parsePublishAddress',
  'parseMetadata',
  'parseVideoTag',
  'parseAudioTag',
  'parseAvcConfig',
  'parseSequenceParameters',
  'AvcPictures.push',
  'parseAacConfig',
  'Timeline.videoTime',
  'Timeline.audioTime',
  'writeInitSegment',
  'writeFragment',
])('a bug in %s', async (place) => {
  const name = `bug-${place.replaceAll('.', '-')}`;
  const bytes = recordedPublisher(name);
  // Lines with one code are limited to ten a second; a fault of the gateway itself is always logged.
  const faults = (): number => open.log.lines.filter(({ msg }) => msg === FAULT).length;
  const faultsBefore = faults();
  const socket = await connectRaw(open.rtmpPort);
  hook.arm(place);
  await socket.write(bytes);
  await socket.untilClosed(5_000);
  expect(hook.isArmed()).toBe(false);
  expect(faults()).toBe(faultsBefore + 1);

  const mediaUrl = open.url('/live/canary/main.m3u8');
  const before = await fetchMedia(mediaUrl);
  canaryMs += 400;
  canary.sendUntil(canaryMs);
  const after = await reload(mediaUrl, before);
  expect(after.text).not.toBe(before.text);
  expect(after.text).not.toContain('#EXT-X-DISCONTINUITY\n');
});
