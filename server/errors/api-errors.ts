// Errors of the API for operators, and its line for each change.

import type { ErrorTable } from './error-row.ts';

export const API_ERRORS = {
  // Who may use it.
  admin_token_needed: {
    what: 'this operation of the API needs an admin token',
    remedy: 'send Authorization: Bearer TOKEN; sluice admin-token add makes a token',
  },
  unknown_admin_token: {
    what: 'the admin token is unknown',
    remedy: 'check it, or make another one with sluice admin-token add',
  },
  admin_scope: {
    what: 'the admin token may only read',
    remedy: 'use a token with the scope write',
  },
  admin_network: {
    what: 'there is no admin token, so only private networks may use the API, and the address is public',
    remedy: 'make an admin token (sluice admin-token add), or add the network to admin.networks',
  },
  admin_proxied: {
    what: 'there is no admin token, and the request came through a proxy, so the client is unknown',
    remedy: 'make an admin token (sluice admin-token add), or connect to the gateway directly',
  },
  admin_host: {
    what: 'there is no admin token, and the request is for a host name that may belong to a foreign site',
    remedy: 'make an admin token, or use the IP address of the gateway or localhost in the address',
  },
  foreign_origin: {
    what: 'a page of another site asked for a change, or for what only operators may see',
    remedy: 'call the API from a program, or from a page of the gateway',
  },
  token_attempts: {
    what: 'one address sent too many wrong admin tokens',
    remedy: 'correct the token, and try again after a few minutes',
  },

  // What is asked.
  bad_method: { what: 'this path has no such method', remedy: 'use one of the Allow header' },
  bad_parameter: {
    what: 'a name or id in the path is invalid',
    remedy: 'the message says which form it has',
  },
  bad_query: {
    what: 'a query parameter is unknown or invalid',
    remedy: 'the message names it and says which values are valid',
  },
  bad_body: {
    what: 'the body is not JSON, or a field is unknown or invalid',
    remedy: 'the message names the field and says which values are valid',
  },
  bad_content_type: {
    what: 'the body is not announced as JSON',
    remedy: 'send Content-Type: application/json; where no field is needed, send {}',
  },
  body_too_large: { what: 'the body is too large', remedy: 'the message says how large it may be' },
  no_such_test: {
    what: 'there is no test with this id',
    remedy: 'copy the whole address; a report is kept for an hour after the end of its test',
  },
  no_such_stream: { what: 'no stream has this name', remedy: 'list them with GET /api/v1/streams' },
  no_publisher: {
    what: 'nobody publishes the stream now',
    remedy: 'end the stream, or wait for the publisher to return',
  },
  no_picture: {
    what: 'the stream has no pictures now, so a caption has no place',
    remedy: 'send it when the stream is live; streams of sound alone have no captions',
  },
  too_many_caption_languages: {
    what: 'a stream has captions in four languages at most',
    remedy: 'use one of the languages that the stream has',
  },
  name_not_closed: { what: 'the name is not closed', remedy: 'nothing has to be done' },
  no_such_webhook: {
    what: 'there is no receiver of webhooks with this id',
    remedy: 'use an id of GET /api/v1/webhooks',
  },
  no_such_admin_token: {
    what: 'no admin token in the data folder has this id',
    remedy: 'list the ids with sluice admin-token list; tokens of the settings are removed there',
  },
  log_level_fixed: {
    what: 'the level of this logger cannot be changed',
    remedy: 'change it in the program that made the logger',
  },

  // Lines of the log.
  api_write: {
    what: 'an operator changed something through the API',
    remedy: 'nothing is wrong: the line says who, what, and the result',
  },
} as const satisfies ErrorTable;
