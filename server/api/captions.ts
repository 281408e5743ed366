// Captions that somebody writes while a stream is live: people who transcribe, and programs that recognize speech.

import { z } from 'zod';
import { matching, nameParams, wholeNumber } from './fields.ts';
import { operationsOn } from './operation.ts';

/** As many lines and letters as fit over a picture. */
const TEXT = /^[^\p{Cc}]{1,80}(\n[^\p{Cc}]{1,80}){0,2}$/u;
const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;
const MIN_DURATION_MS = 500;
const MAX_DURATION_MS = 30_000;
/** Two lines are read in this time. */
const DURATION_MS = 4_000;

export type Caption = {
  readonly lines: readonly string[];
  readonly durationMs: number;
  readonly language?: string;
};

/** Throws GatewayError `no_such_stream`, `no_picture` or `too_many_caption_languages`. */
export type CaptionsPort = (name: string, caption: Caption) => void;

const operation = operationsOn<{ readonly captions: CaptionsPort }>();

const writeCaption = operation({
  id: 'writeCaption',
  method: 'post',
  path: '/streams/{name}/captions',
  tag: 'Streams',
  summary: 'Show a caption',
  description:
    'The text is shown with the pictures that arrive next, and ends the caption before it in the same language. Each language is a choice in the menu of players: four at most, for the life of the stream.',
  access: 'write',
  params: nameParams,
  body: z.strictObject({
    text: matching(TEXT, 'one to three lines of 1 to 80 printable characters').describe(
      '`<i>` and `<u>` are italics and underlines; other markup is shown as text.',
    ),
    durationMs: wholeNumber(MIN_DURATION_MS, MAX_DURATION_MS).default(DURATION_MS),
    language: matching(LANGUAGE, 'a language such as de or pt-BR (BCP 47)')
      .refine(isLanguage, 'a language such as de or pt-BR (BCP 47)')
      .optional(),
  }),
  status: 204,
  errors: ['no_such_stream', 'no_picture', 'too_many_caption_languages'],
  run: ({ captions }, { params, body: { text, durationMs, language } }) => {
    const [canonical] = language === undefined ? [] : Intl.getCanonicalLocales(language);
    const named = canonical === undefined ? {} : { language: canonical };
    captions(params.name, { lines: text.split('\n'), durationMs, ...named });
  },
});

export const CAPTION_OPERATIONS = [writeCaption];

function isLanguage(given: string): boolean {
  try {
    return Intl.getCanonicalLocales(given).length === 1;
  } catch {
    return false;
  }
}
