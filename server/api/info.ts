// What clients may know about a gateway: its version and the addresses for encoders.

import { z } from 'zod';
import { type Immutable, operationsOn } from './operation.ts';

const port = () => z.number().int().min(0).max(65_535);
const servers = () => z.array(z.string()).describe('Addresses for encoders, the best one first.');

const infoSchema = z
  .strictObject({
    version: z.string(),
    http: z
      .strictObject({ publicUrl: z.string() })
      .optional()
      .describe('Present if http.public-url is set; no other address is shown then.'),
    rtmp: z.strictObject({
      port: port(),
      servers: servers(),
      publicUrl: z.string().optional(),
      needsKey: z
        .literal(true)
        .optional()
        .describe('Encoders need a publish key, which is not the stream name.'),
    }),
    rtmps: z.strictObject({ port: port(), servers: servers() }).optional().describe('With a certificate.'),
    https: z.strictObject({ port: port() }).optional().describe('With a certificate.'),
  })
  .meta({ id: 'Info' });

export type GatewayInfo = Immutable<z.output<typeof infoSchema>>;

/**
 * `hostHeader` is that of the request; its name is used in addresses. Addresses of the gateway's own network are for clients there only
 * (`isNearby`).
 */
export type InfoPort = (hostHeader: string | undefined, isNearby: boolean) => GatewayInfo;

export const getInfo = operationsOn<{ readonly info: InfoPort }>()({
  id: 'getInfo',
  method: 'get',
  path: '/info',
  tag: 'Gateway',
  summary: 'Version and addresses',
  access: 'public',
  status: 200,
  answer: infoSchema,
  errors: [],
  run: ({ info }, { hostHeader, isNearby }) => info(hostHeader, isNearby),
});
