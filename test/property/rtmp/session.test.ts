import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AmfValue, amfObject } from '../../../server/rtmp/amf-value.ts';
import { Session, type SessionOutput } from '../../../server/rtmp/session.ts';
import type { SessionState } from '../../../server/rtmp/session-state.ts';
import {
  EncoderScript,
  hear,
  messagesIn,
  publishingSession,
  wholePublication,
} from '../../cases/rtmp-script.ts';
import { comparable, cut, pattern } from '../../cases/rtmp-splits.ts';

const CUTS = fc.array(fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 20_000 })), {
  minLength: 1,
  maxLength: 20,
});

function cutBy(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  let index = 0;
  return cut(bytes, () => lengths[index++ % lengths.length] ?? 1);
}

describe('session', () => {
  it('puts out the same, however its input is cut', () => {
    const { flight } = wholePublication();
    const listen = (parts: readonly Buffer[]) => {
      const { outputs, sent } = hear(new Session(), parts);
      const replies = messagesIn(sent, true).filter(({ type }) => type !== 3);
      return comparable([...outputs, ...replies]);
    };
    const whole = listen([Buffer.from(flight)]);
    fc.assert(
      fc.property(CUTS, (cuts) => {
        expect(listen(cutBy(flight, cuts))).toEqual(whole);
      }),
      { numRuns: 400 },
    );
  });

  it('ends by a name, if it ends, whatever bytes come; and the same, however they are cut', () => {
    const flight = wholePublication().flight;
    const damage = fc.array(fc.tuple(fc.nat({ max: flight.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(damage, CUTS, (changes, cuts) => {
        const bytes = Buffer.from(flight);
        for (const [at, value] of changes) bytes[at] = value;
        const heard = hear(new Session(), cutBy(bytes, cuts)).outputs;
        expect(comparable(heard)).toEqual(comparable(hear(new Session(), [bytes]).outputs));
        for (const [index, output] of heard.entries()) {
          if (output.kind !== 'closed') continue;
          expect(output.code).toMatch(/^[a-z0-9_]+$/);
          expect(index).toBe(heard.length - 1);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('survives any bytes behind a publication', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), CUTS, (noise, cuts) => {
        const { session } = publishingSession();
        const { outputs } = hear(session, cutBy(Buffer.from(noise), cuts));
        expect(session.state === 'closed').toBe(outputs.at(-1)?.kind === 'closed');
      }),
      { numRuns: 400 },
    );
  });
});

/** One action of an encoder, and the result in each state of a correct session. */
type Act = {
  readonly name: string;
  readonly bytes: (script: EncoderScript) => Buffer;
  readonly expected: (state: ModelState) => Reaction;
};
type ModelState = Exclude<SessionState, 'handshaking' | 'publish-pending' | 'closed'>;
type Reaction = { readonly state: SessionState; readonly kinds: readonly SessionOutput['kind'][] };

const CLOSED: Reaction = { state: 'closed', kinds: ['closed'] };
const stay = (state: ModelState, ...kinds: SessionOutput['kind'][]): Reaction => ({ state, kinds });

/** A command that is an error before connect and otherwise changes nothing. */
function harmless(name: string, kinds: readonly SessionOutput['kind'][], ...args: AmfValue[]): Act {
  return {
    name,
    bytes: (script) => script.command(name, 9, null, args),
    expected: (state) => (state === 'connecting' ? CLOSED : stay(state, ...kinds)),
  };
}

function mediaAct(name: string, kind: SessionOutput['kind'], bytes: Act['bytes']): Act {
  return { name, bytes, expected: (state) => (state === 'publishing' ? stay(state, kind) : CLOSED) };
}

function endingAct(name: string, messageStreamId: number, ...args: AmfValue[]): Act {
  return {
    name,
    bytes: (script) => script.command(name, 9, null, args, messageStreamId),
    expected: (state) => {
      if (state === 'connecting') return CLOSED;
      return state === 'publishing' ? { state: 'connected', kinds: ['publish-ended'] } : stay(state);
    },
  };
}

const ACTS: readonly Act[] = [
  {
    name: 'connect',
    bytes: (script) => script.connect(),
    expected: (state) =>
      state === 'connecting' ? { state: 'connected', kinds: [] } : stay(state, 'ignored'),
  },
  {
    name: 'connect without an object',
    bytes: (script) => script.connect(null),
    expected: (state) => (state === 'connecting' ? CLOSED : stay(state, 'ignored')),
  },
  {
    name: 'publish, granted',
    bytes: (script) => script.publish('key'),
    expected: (state) => {
      if (state === 'connecting') return CLOSED;
      return state === 'connected'
        ? { state: 'publishing', kinds: ['publish-requested'] }
        : stay(state, 'ignored');
    },
  },
  {
    name: 'publish, refused',
    bytes: (script) => script.publish('refuse me'),
    expected: (state) => {
      if (state === 'connecting') return CLOSED;
      return state === 'connected'
        ? { state: 'closed', kinds: ['publish-requested', 'closed'] }
        : stay(state, 'ignored');
    },
  },
  {
    name: 'publish without a name',
    bytes: (script) => script.publish(false),
    expected: (state) => {
      if (state === 'connecting' || state === 'connected') return CLOSED;
      return state === 'publishing'
        ? { state: 'connected', kinds: ['publish-ended'] }
        : stay(state, 'ignored');
    },
  },
  {
    name: 'play',
    bytes: (script) => script.command('play', 9, null, ['key'], 1),
    expected: () => CLOSED,
  },
  mediaAct('audio', 'audio', (script) => script.audio(5, pattern(10))),
  mediaAct('video', 'video', (script) => script.video(5, pattern(200))),
  mediaAct('data', 'data', (script) => script.data('onMetaData', [amfObject({ width: 1 })])),
  endingAct('FCUnpublish', 0, 'key'),
  endingAct('deleteStream', 0, 1),
  endingAct('closeStream', 1),
  harmless('createStream', []),
  harmless('releaseStream', [], 'key'),
  harmless('FCPublish', [], 'key'),
  harmless('_checkbw', []),
  harmless('deleteStream', [], 17),
  harmless('toString', ['ignored']),
  {
    name: 'ping',
    bytes: (script) => script.control({ kind: 'user-control', event: 6, value: 1 }),
    expected: (state) => stay(state),
  },
];

function isModelState(state: SessionState): state is ModelState {
  return state !== 'handshaking' && state !== 'publish-pending' && state !== 'closed';
}

describe('session against its model', () => {
  it('keeps to the moves allowed, in whatever order commands come', () => {
    const plan = fc.array(fc.constantFrom(...ACTS), { maxLength: 25 });
    const opening = fc.constantFrom<readonly string[]>(
      [],
      ['connect'],
      ['connect', 'createStream', 'publish, granted'],
    );
    fc.assert(
      fc.property(opening, plan, (first, rest) => {
        const session = new Session();
        const script = new EncoderScript();
        hear(session, [script.hello()]);
        const acts = [...first.flatMap((name) => ACTS.filter((act) => act.name === name)), ...rest];
        let state: SessionState = 'connecting';
        for (const act of acts) {
          const bytes = act.bytes(script);
          const reaction: Reaction = isModelState(state) ? act.expected(state) : { state, kinds: [] };
          const { outputs } = hear(session, [bytes], (each) =>
            act.name === 'publish, refused'
              ? each.reject({ code: 'NetStream.Publish.BadName', description: 'no' })
              : each.accept(),
          );
          expect(
            outputs.map(({ kind }) => kind),
            `${act.name} in ${state}`,
          ).toEqual(reaction.kinds);
          expect(session.state, `${act.name} in ${state}`).toBe(reaction.state);
          state = reaction.state;
        }
      }),
      { numRuns: 3_000 },
    );
  });
});
