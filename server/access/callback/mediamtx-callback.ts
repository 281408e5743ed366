// Callbacks in the format of MediaMTX (`authHTTPAddress`): JSON with user, password, token, ip, action and path. 2xx allows, 401 asks
// for credentials, other 4xx refuses (MediaMTX documentation, "Authentication", "HTTP-based").

import { type CallbackFormat, JSON_HEADERS, refusalByStatus } from './callback-format.ts';

export const mediamtxCallback: CallbackFormat = {
  message: ({ action, id, address, app, name, query, userAgent }) => {
    if (action === 'publish-done') return undefined;
    // As MediaMTX reads them from the address of an encoder or a player.
    const parameters = new URLSearchParams(query);
    const body = {
      user: parameters.get('user') ?? '',
      password: parameters.get('pass') ?? '',
      token: parameters.get('jwt') ?? parameters.get('token') ?? '',
      ip: address,
      action: action === 'publish' ? 'publish' : 'read',
      path: app === '' ? name : `${app}/${name}`,
      protocol: action === 'publish' ? 'rtmp' : 'hls',
      id,
      query,
      userAgent,
    };
    return { headers: JSON_HEADERS, body: JSON.stringify(body) };
  },
  answer: (answer) =>
    answer.status >= 200 && answer.status < 300 ? { kind: 'allowed' } : refusalByStatus(answer),
};
