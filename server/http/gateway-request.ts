// Decides which HTTP/1.1 requests for another protocol node:http treats as upgrades (RFC 9110 clause 7.8).

import { IncomingMessage } from 'node:http';

/**
 * The class of requests of node:http's server. When the property `upgrade` is true, node:http detaches the socket from HTTP,
 * and earlier answers lose their `drain`, `end` and time limits. So it is true only for WebSockets on our path, and for requests
 * for media behind which nothing waits (docs/decisions/0021). Other upgrades (which a server may ignore) and CONNECT are answered in
 * their turn.
 */
export class GatewayRequest extends IncomingMessage {
  /**
   * Whether the request asks for another protocol, as CONNECT does. This is an accessor, because node:http's constructor sets
   * `upgrade` before the fields of this class.
   */
  declare isUpgrade: boolean;

  /** Whether the connection leaves node:http, which serves no more of it than this request's head. Asked for once. */
  declare isDirect: boolean | undefined;

  get upgrade(): boolean {
    this.isDirect ??= !this.isUpgrade && this.canBeDirect;
    if (this.isDirect) return true;
    return this.isUpgrade && this.method === 'GET' && this.wantsWebSocket && this.hasSocketPath;
  }

  set upgrade(isUpgrade: boolean | null) {
    this.isUpgrade = isUpgrade === true;
  }

  /** RFC 6455 clause 4.2.1. */
  get wantsWebSocket(): boolean {
    return this.headers.upgrade?.toLowerCase() === 'websocket';
  }

  get hasSocketPath(): boolean {
    return false;
  }

  get canBeDirect(): boolean {
    return false;
  }
}

/** The class for a server whose WebSockets open at the request targets that `isSocketPath` knows. */
export function requestClass(
  isSocketPath: (target: string) => boolean,
  canBeDirect: (request: GatewayRequest) => boolean,
): typeof GatewayRequest {
  return class extends GatewayRequest {
    override get hasSocketPath(): boolean {
      return isSocketPath(this.url ?? '');
    }

    override get canBeDirect(): boolean {
      return canBeDirect(this);
    }
  };
}
