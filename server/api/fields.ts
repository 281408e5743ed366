// The fields that several operations share, each with the words for a wrong value: "NAME must be WORDS".

import { z } from 'zod';
import { networkFault } from '../address.ts';
import { NAME_PATTERN } from '../settings/name-text.ts';
import { ENTRY_ID, ENTRY_ID_FORM } from '../store/entry-id.ts';

/** Streams in one answer, about 200 bytes each; the default of `stream.max-streams`, so that one page has all of them. */
export const MAX_ITEMS_PER_PAGE = 1_000;
const MAX_REASON_CHARACTERS = 200;

export function wholeNumber(least: number, most: number) {
  const form = `a whole number from ${least} to ${most}`;
  return z.number(form).int(form).min(least, form).max(most, form);
}

export function matching(pattern: RegExp, form: string) {
  return z.string(form).regex(pattern, form);
}

/** Zero or more, in answers. */
export const amount = () => z.number().int().nonnegative();

export const nameField = () =>
  matching(NAME_PATTERN, 'a stream name: 1 to 64 letters, digits, "-" or "_"').describe(
    'The public name of the stream.',
  );

export const entryId = () => matching(ENTRY_ID, ENTRY_ID_FORM).describe('The id, as the list shows it.');

/** ISO 8601 in UTC. */
export const instant = () => z.iso.datetime('a time in UTC such as 2026-12-31T18:00:00Z');

export const reason = () =>
  matching(/^\P{C}{1,200}$/u, `a text of 1 to ${MAX_REASON_CHARACTERS} printable characters`).describe(
    'Why, in words for the encoder and the log.',
  );

export const network = () =>
  z
    .string('a network such as 192.0.2.0/24, or an address')
    .max(64)
    .refine((given) => networkFault(given) === undefined, 'a network such as 192.0.2.0/24, or an address');

/** The query of a list in pages. */
export const pageQuery = (defaultLimit: number = MAX_ITEMS_PER_PAGE) =>
  z.strictObject({
    limit: z
      .string(`one whole number from 1 to ${MAX_ITEMS_PER_PAGE}`)
      .regex(/^[1-9]\d{0,3}$/, `one whole number from 1 to ${MAX_ITEMS_PER_PAGE}`)
      .transform(Number)
      .pipe(
        z.number().int().min(1).max(MAX_ITEMS_PER_PAGE, `one whole number from 1 to ${MAX_ITEMS_PER_PAGE}`),
      )
      .optional()
      .describe(`Items in this page; ${defaultLimit} by default.`),
    after: matching(NAME_PATTERN, 'one stream name, such as "next" of the previous page')
      .optional()
      .describe('Begin after this name, which need not exist: "next" of the previous page.'),
  });

export const next = () =>
  nameField().optional().describe('Present if there are more: the value of "after" for the next page.');

export const nameParams = z.strictObject({ name: nameField() });
