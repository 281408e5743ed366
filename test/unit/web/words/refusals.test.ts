// Why the gateway ended a publication, as every page says it: in its own language, with the values that the gateway sends.
import { afterEach, describe, expect, it } from 'vitest';
import { MEDIA_ERRORS } from '../../../../server/errors/media-errors.ts';
import type { EndReason, StatusMessage } from '../../../../server/stats/stats-message.ts';
import { eventText } from '../../../../web/doctor/issue-text.ts';
import { refusalText } from '../../../../web/doctor/refusal-text.ts';
import { refusalReason } from '../../../../web/page/refusal-reason.ts';
import { stateWords } from '../../../../web/stage/state-words.ts';
import { speak } from '../../../../web/words/catalogue.ts';
import { LANGUAGES } from '../../../../web/words/language.ts';

const OTHERS = LANGUAGES.filter((language) => language !== 'en');
const DETAIL = 'Enhanced RTMP video (hvc1) is not supported; set the encoder to H.264';
const HEVC = {
  code: 'unsupported_video_codec',
  detail: DETAIL,
  values: { codec: 'hvc1' },
} as const;
/** Codes that end no publication: one track is left out, or media is counted. */
const NO_END = ['track_not_played', 'track_stopped', 'too_many_tracks', 'media_lost'];
/** Of RTMP's bytes and commands, after the publication was accepted, and of what ends it from outside. */
const OTHER_CODES = [
  'publish_revoked',
  'kicked',
  'stream_ended',
  'server_busy',
  'internal_error',
  'unread_replies',
  'bad_chunk_size',
  'header_mid_message',
  'message_too_large',
  'chunk_stream_limit',
  'assembling_limit',
  'aggregate_limit',
  'short_control',
  'bad_command',
  'media_not_publishing',
  'play_unsupported',
  'amf_marker',
  'amf_reference',
  'amf_limit',
  'amf3_value',
];
const CODES = [...Object.keys(MEDIA_ERRORS).filter((code) => !NO_END.includes(code)), ...OTHER_CODES];

afterEach(() => speak(['en']));

function wordsOf(state: StatusMessage['state'], reason: EndReason) {
  const status: StatusMessage = { op: 'status', name: 'show', state, since: 0, viewers: 0, hls: 'x', reason };
  return stateWords({ state, status, serverNowMs: 0, skewMs: 0, codec: undefined });
}

it('in English pages show what the gateway says', () => {
  expect(refusalReason(HEVC)).toBe(DETAIL);
});

describe.each(OTHERS)('in %s', (language) => {
  it('every code that ends a publication has words', async () => {
    await speak([language]);
    const english = CODES.filter((code) => refusalReason({ code, detail: 'English' }).includes('English'));
    expect(english).toEqual([]);
    const texts = CODES.map((code) => refusalReason({ code, detail: 'English' }));
    expect(texts.filter((text) => /undefined|[.。]$/.test(text) || text.trim() === '')).toEqual([]);
  });

  it('the codec and the reason of the operator are in the sentence', async () => {
    await speak([language]);
    expect(refusalReason(HEVC)).toContain('HEVC');
    expect(refusalReason({ ...HEVC, values: { codec: 'VP6' } })).toContain('VP6');
    for (const code of ['kicked', 'stream_ended']) {
      expect(refusalReason({ code, detail: 'English', values: { reason: '<b>50 %' } })).toMatch(
        /[:：] ?<b>50 %$/,
      );
    }
  });

  it('no page quotes the English sentence', async () => {
    await speak([language]);
    const refused = { kind: 'refused', ...HEVC } as const;
    const told = [
      wordsOf('offline', refused).detail,
      wordsOf('reconnecting', refused).detail,
      wordsOf('ended', refused).detail,
      eventText({
        t: 1,
        type: 'reconnecting',
        text: 'English',
        values: { kind: 'refused', publishedMs: 1, error: HEVC.code, detail: DETAIL, codec: 'hvc1' },
      }),
    ];
    expect(told.filter((text) => text.includes('HEVC') && !text.includes('set the encoder'))).toEqual(told);
  });

  it('a code that the page does not know keeps the English words', async () => {
    await speak([language]);
    for (const code of ['newer_code', 'toString', '__proto__', 'constructor'])
      expect(refusalReason({ code, detail: DETAIL })).toBe(DETAIL);
  });
});

it('a fault of the gateway is not one of the streamer', () => {
  const failed = { kind: 'refused', code: 'internal_error', detail: 'the gateway has failed' } as const;
  const { title, banner } = wordsOf('reconnecting', failed);
  for (const text of [title, banner]) expect(text).toContain('server could not go on');
});

it('a publisher whom the operator has disconnected did nothing that the server cannot use', () => {
  const kicked = {
    kind: 'refused',
    code: 'kicked',
    detail: 'the operator disconnected this publisher',
  } as const;
  const { title, banner, detail } = wordsOf('reconnecting', kicked);
  for (const text of [title, banner, detail]) expect(text).not.toContain('can’t use');
  expect(title).toContain('operator');
  expect(wordsOf('offline', kicked).detail).toBe(
    'Reason: the operator disconnected this publisher. This page starts again by itself.',
  );
});

it.each(LANGUAGES)('a reason that is a whole sentence has one full stop in %s', async (language) => {
  await speak([language]);
  const values = { reason: 'Wrong scene.' };
  const detail = 'the operator disconnected this publisher: Wrong scene.';
  for (const state of ['offline', 'ended'] as const)
    expect(wordsOf(state, { kind: 'refused', code: 'kicked', detail, values }).detail).not.toMatch(/\.[.。]/);
  const refused = { code: 'callback_refused', reason: "the operator's server says no: Wrong scene.", values };
  expect(refusalText(refused)).toMatch(/Wrong scene[.。]$/);
});
