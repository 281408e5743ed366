// The input of an authorizer: a publish request with a parsed address, and its origin.

import type { NetworkList } from '../address.ts';
import type { PublishAttempt } from '../live/authorizer.ts';
import { parsePublishAddress, publishApp } from '../live/stream-name.ts';
import { isPrivateAddress } from '../private-address.ts';
import type { PublishRequest } from '../rtmp/session.ts';

/** Throws GatewayError `no_stream_name` or `bad_stream_name`. */
export function publishAttemptOf(
  { app, streamName, tcUrl = '', flashVer = '' }: PublishRequest,
  remoteAddress: string,
  trustedNetworks: NetworkList | undefined,
  signal: AbortSignal,
): PublishAttempt {
  return {
    ...parsePublishAddress(app, streamName),
    remoteAddress,
    isPrivateAddress: isPrivateAddress(remoteAddress) || trustedNetworks?.has(remoteAddress) === true,
    encoder: { app: publishApp(app, streamName), tcUrl, flashVer },
    signal,
  };
}
