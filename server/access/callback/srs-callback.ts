// Callbacks in the format of SRS: on_publish, on_unpublish and on_play. The request is JSON; status 200 with the body `0` or
// `{"code": 0}` allows (SRS documentation, "HTTP Callback").

import {
  type CallbackAnswer,
  type CallbackFormat,
  JSON_HEADERS,
  jsonOf,
  refusalByStatus,
  withMark,
} from './callback-format.ts';

const ACTIONS = { publish: 'on_publish', 'publish-done': 'on_unpublish', play: 'on_play' } as const;
/** SRS uses this name if there are no virtual hosts. */
const VHOST = '__defaultVhost__';

export const srsCallback: CallbackFormat = {
  message: ({ action, id, address, app, base, tcUrl, name, query, pageUrl }) => ({
    headers: JSON_HEADERS,
    body: JSON.stringify({
      action: ACTIONS[action],
      client_id: id,
      ip: address,
      vhost: VHOST,
      app,
      tcUrl: tcUrl === '' ? `${base}/${app}` : tcUrl,
      stream: name,
      param: withMark(query),
      stream_url: `/${app}/${name}`,
      ...(action === 'play' ? { pageUrl } : {}),
    }),
  }),
  answer: (answer): CallbackAnswer => {
    if (answer.status !== 200) return refusalByStatus(answer);
    const value = jsonOf(answer);
    const code = typeof value === 'object' && value !== null && 'code' in value ? value.code : value;
    if (code === 0) return { kind: 'allowed' };
    if (typeof code === 'number') return { kind: 'refused' };
    return { kind: 'garbage', fault: 'its answer is neither a number nor JSON with a code' };
  },
};
