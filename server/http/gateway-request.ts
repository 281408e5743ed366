// Requests of HTTP/1.1 that ask for another protocol (RFC 9110 clause 7.8): which of them node:http takes for upgrades.

import { IncomingMessage } from 'node:http';

/**
 * The class of requests of node:http's server. As soon as a request's property `upgrade` is true, node:http detaches the
 * socket from HTTP, and the answers that are still to leave lose their `drain`, `end` and time limits. So it is true for
 * WebSockets on our path only. Other upgrades, which a server may ignore, and CONNECT are answered in their turn.
 */
export class GatewayRequest extends IncomingMessage {
  /**
   * Whether the request asks for another protocol; CONNECT does. Not a field: node:http's constructor sets `upgrade`, and
   * fields of this class would be set after it.
   */
  declare isUpgrade: boolean;

  get upgrade(): boolean {
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
}

/** The class for a server whose WebSockets open at the request targets that `isSocketPath` knows. */
export function requestClass(isSocketPath: (target: string) => boolean): typeof GatewayRequest {
  return class extends GatewayRequest {
    override get hasSocketPath(): boolean {
      return isSocketPath(this.url ?? '');
    }
  };
}
