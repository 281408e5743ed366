// Decides which HTTP/1.1 requests for another protocol node:http treats as upgrades (RFC 9110 clause 7.8), and limits the pieces of
// each body.

import { IncomingMessage } from 'node:http';
import { MAX_BODY_PIECES } from './json-body.ts';

/** Twice as many as a reader of bodies takes, so that it can say what is wrong. A body that nobody reads has the same limit. */
const MAX_PIECES = 2 * MAX_BODY_PIECES;

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

  #pieces = 0;

  /** node:http gives each chunk of the body to this. */
  override push(piece: unknown, encoding?: BufferEncoding): boolean {
    if (piece === null) return super.push(null);
    this.#pieces += 1;
    if (this.#pieces <= MAX_PIECES) return super.push(piece, encoding);
    if (!this.socket.destroyed) this.refuseBody();
    return false;
  }

  /** The body has too many pieces. */
  refuseBody(): void {
    this.socket.destroy();
  }

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

export type RequestRules = {
  /** Whether a WebSocket opens at the request target. */
  readonly isSocketPath: (target: string) => boolean;
  readonly canBeDirect: (request: GatewayRequest) => boolean;
  /** Ends the connection of a body in too many pieces. */
  readonly refuseBody: (request: GatewayRequest) => void;
};

export function requestClass({ isSocketPath, canBeDirect, refuseBody }: RequestRules): typeof GatewayRequest {
  return class extends GatewayRequest {
    override get hasSocketPath(): boolean {
      return isSocketPath(this.url ?? '');
    }

    override get canBeDirect(): boolean {
      return canBeDirect(this);
    }

    override refuseBody(): void {
      refuseBody(this);
    }
  };
}
