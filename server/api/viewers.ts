// How many watch: in all, each stream, and each viewer of a stream.

import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { amount, MAX_ITEMS_PER_PAGE, nameField, nameParams, next, pageQuery } from './fields.ts';
import { type Immutable, operationsOn } from './operation.ts';

const viewerCounts = z
  .strictObject({
    total: amount().describe('Of all streams, those in other pages included.'),
    streams: z.array(z.strictObject({ name: nameField(), viewers: amount() })),
    next: next(),
  })
  .meta({ id: 'ViewerCounts' });

/** A page of viewers; a row is about 250 bytes. */
const VIEWERS_PER_PAGE = 200;

const viewerRow = z
  .strictObject({
    id: z.string().describe('Made by the gateway, for as long as the viewer watches.'),
    player: z.string().describe('Browser and system, such as "Firefox · Linux".'),
    kind: z
      .enum(['measured', 'counted'])
      .describe('Whether the player reports, or is counted by its requests.'),
    count: amount().describe('Players in this row: more than one behind one address with one user agent.'),
    network: z.string().optional().describe('The address without its last part: 192.0.2.x, 2001:db8:1::.'),
    latencyMs: amount().optional().describe('From the arrival of a picture at the gateway to its display.'),
    bufferMs: amount().optional(),
    stalls: amount().optional(),
    bitrateBps: amount().optional(),
    startupMs: amount().optional().describe('From the wish to play to the first picture.'),
    since: z.number().describe('Milliseconds since the Unix epoch.'),
  })
  .meta({ id: 'ViewerRow' });

const viewerFigures = z
  .strictObject({
    measured: amount().describe('Viewers who report.'),
    latencyP50Ms: amount().optional(),
    latencyP95Ms: amount().optional(),
    startupP50Ms: amount().optional(),
    bitrateP50Bps: amount().optional(),
    stallsLastSecond: amount(),
    stallsLastMinute: amount(),
    stalledLastMinute: amount().describe('Viewers with a stall in the last minute.'),
    errors: amount().describe('Errors that players reported since the stream began.'),
  })
  .meta({
    id: 'ViewerFigures',
    description: 'Of the viewers who report (CMCD). Reports are claims of players.',
  });

const viewerList = z
  .strictObject({
    counted: amount().describe('All viewers, by their requests. Those who do not report are not measured.'),
    figures: viewerFigures.optional().describe('Absent if viewers.reports is off.'),
    viewers: z.array(viewerRow),
    next: z
      .string()
      .optional()
      .describe('Present if there are more: the value of "after" for the next page.'),
  })
  .meta({ id: 'ViewerList' });

type ViewersOfStream = {
  readonly counted: number;
  readonly summary: Immutable<z.output<typeof viewerFigures>> | undefined;
  readonly rows: readonly Immutable<z.output<typeof viewerRow>>[];
};

type NameAndViewers = { readonly name: string; readonly viewers: number };

export type ViewersPort = {
  readonly total: () => number;
  /** At most `limit` streams sorted by name, from the first name after `after`. */
  readonly page: (
    after: string,
    limit: number,
  ) => { readonly streams: readonly NameAndViewers[]; readonly hasMore: boolean };
  /** Undefined for a name without a stream. */
  readonly ofStream: (name: string) => ViewersOfStream | undefined;
};

const operation = operationsOn<{ readonly viewers: ViewersPort }>();

const getViewers = operation({
  id: 'getViewers',
  method: 'get',
  path: '/viewers',
  tag: 'Viewers',
  summary: 'Viewers of each stream',
  description: 'Players that requested a playlist within the last ten seconds.',
  access: 'read',
  query: pageQuery(),
  status: 200,
  answer: viewerCounts,
  errors: [],
  run: ({ viewers }, { query: { limit = MAX_ITEMS_PER_PAGE, after = '' } }) => {
    const page = viewers.page(after, limit);
    const streams = page.streams.map(({ name, viewers: watching }) => ({ name, viewers: watching }));
    const last = streams.at(-1);
    const more = page.hasMore && last !== undefined ? { next: last.name } : {};
    return { total: viewers.total(), streams, ...more };
  },
});

const listStreamViewers = operation({
  id: 'listStreamViewers',
  method: 'get',
  path: '/streams/{name}/viewers',
  tag: 'Viewers',
  summary: 'Viewers of one stream: latency, stalls, start-up',
  description:
    'Players report about themselves (CMCD). Addresses are truncated, and nothing is kept after a player has been silent for 25 seconds.',
  access: 'read',
  params: nameParams,
  query: z.strictObject({
    ...pageQuery(VIEWERS_PER_PAGE).pick({ limit: true }).shape,
    after: z
      .string('one id, such as "next" of the previous page')
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'one id, such as "next" of the previous page')
      .optional()
      .describe('Begin after this id: "next" of the previous page.'),
  }),
  status: 200,
  answer: viewerList,
  errors: ['no_such_stream'],
  run: ({ viewers }, { params, query: { limit = VIEWERS_PER_PAGE, after = '' } }) => {
    const present = viewers.ofStream(params.name);
    if (present === undefined)
      throw new GatewayError('invalid-state', 'no_such_stream', 'nobody is publishing this name');
    const { counted, summary, rows } = present;
    // Sorted by id, so that a page does not move when a viewer leaves.
    const sorted = rows.filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = sorted.slice(0, limit);
    const last = page.at(-1);
    return {
      counted,
      ...(summary === undefined ? {} : { figures: summary }),
      viewers: page,
      ...(sorted.length > limit && last !== undefined ? { next: last.id } : {}),
    };
  },
});

export const VIEWER_OPERATIONS = [getViewers, listStreamViewers];
