// Parameters of connect and publish (RTMP 1.0, clauses 7.2.1.1 and 7.2.2.6), checked and joined into a publish request.

import { GatewayError } from '../errors.ts';
import { amfProperty, amfStringProperty, isAmfObject } from './amf-value.ts';
import { type Command, describeAmf } from './command.ts';
import type { PublishRequest } from './session-output.ts';

/** The used fields of connect's command object; encoders may omit any. */
export type ConnectParameters = {
  readonly app: string;
  readonly tcUrl: string | undefined;
  readonly flashVer: string | undefined;
  /** 3 for a client that will send types 15 and 17. */
  readonly objectEncoding: 0 | 3;
};

/** The parameters of `connect`; throws `bad_connect` without an object, or if `app` is not a string. */
export function parseConnect({ object }: Command): ConnectParameters {
  if (!isAmfObject(object)) {
    throw new GatewayError(
      'invalid-data',
      'bad_connect',
      `connect needs an object, not ${describeAmf(object)}`,
    );
  }
  const app = amfProperty(object, 'app');
  if (app !== undefined && typeof app !== 'string') {
    throw new GatewayError(
      'invalid-data',
      'bad_connect',
      `connect needs a string as app, not ${describeAmf(app)}`,
    );
  }
  return {
    app: app ?? '',
    tcUrl: amfStringProperty(object, 'tcUrl'),
    flashVer: amfStringProperty(object, 'flashVer'),
    objectEncoding: amfProperty(object, 'objectEncoding') === 3 ? 3 : 0,
  };
}

/** The request of `publish`; throws `bad_publish_name` if the name is not a string. */
export function parsePublish({ args }: Command, connect: ConnectParameters): PublishRequest {
  const [streamName, publishType] = args;
  if (typeof streamName !== 'string') {
    throw new GatewayError(
      'invalid-data',
      'bad_publish_name',
      `publish needs a string as stream name, not ${describeAmf(streamName)}`,
    );
  }
  return {
    app: connect.app,
    streamName,
    publishType: typeof publishType === 'string' ? publishType : 'live',
    ...(connect.tcUrl === undefined ? {} : { tcUrl: connect.tcUrl }),
    ...(connect.flashVer === undefined ? {} : { flashVer: connect.flashVer }),
  };
}
