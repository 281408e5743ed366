// Playback tokens: makes one for a signed stream.

import { z } from 'zod';
import { instant, matching, nameField, network, wholeNumber } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const DAY_S = 86_400;
/** A token cannot be taken back alone: only a new secret ends it, and all others with it. */
const MAX_LIFETIME_S = 366 * DAY_S;

const newToken = z
  .strictObject({
    name: nameField(),
    lifetimeS: wholeNumber(1, MAX_LIFETIME_S).describe('Seconds until the token expires.'),
    network: network().optional().describe('The network that it works from; any if absent.'),
    viewer: matching(/^[A-Za-z0-9._@-]{1,64}$/, 'a viewer: 1 to 64 letters, digits, ".", "_", "@" or "-"')
      .optional()
      .describe('Identifies one viewer, for counts.'),
  })
  .meta({ id: 'NewPlaybackToken' });

const madeToken = z
  .strictObject({
    token: z.string(),
    expires: instant(),
    playlist: z
      .string()
      .describe('The path of the multivariant playlist with the token, below the base path.'),
    page: z.string().describe('The path of the watch page with the token, below the base path.'),
  })
  .meta({ id: 'PlaybackToken' });

export type PlaybackTokensPort = {
  /** Throws GatewayError `bad_playback_token`. */
  readonly make: (terms: z.output<typeof newToken>) => Immutable<z.output<typeof madeToken>>;
};

const operation = operationsOn<{ readonly playbackTokens: PlaybackTokensPort }>();

const makePlaybackToken = operation({
  id: 'makePlaybackToken',
  method: 'post',
  path: '/playback-tokens',
  tag: 'Playback tokens',
  summary: 'Make a token for a signed stream',
  description: 'The stream need not be live. A token works until it expires (docs/playback-tokens.md).',
  access: 'write',
  body: newToken,
  status: 201,
  answer: madeToken,
  errors: ['bad_playback_token'],
  run: ({ playbackTokens }, { body }) => playbackTokens.make(body),
  subject: ({ body }, { expires }) => `${body.name} until ${expires}`,
});

export const PLAYBACK_TOKEN_OPERATIONS = [makePlaybackToken];
