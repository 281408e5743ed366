// Callbacks in the format of nginx-rtmp-module: on_publish, on_publish_done and on_play. The request is a form; 2xx allows, 3xx with a
// Location renames, anything else refuses (wiki page "Directives", section "Notify").

import { type CallbackFormat, type CallbackQuestion, refusalByStatus } from './callback-format.ts';

const CALLS = { publish: 'publish', 'publish-done': 'publish_done', play: 'play' } as const;

export const nginxRtmpCallback: CallbackFormat = {
  message: (question) => ({
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: formOf(question).toString(),
  }),
  answer: (answer) => {
    const { status, headers } = answer;
    if (status >= 200 && status < 300) return { kind: 'allowed' };
    const isRename = status >= 300 && status < 400 && headers.location !== undefined;
    if (!isRename) return refusalByStatus(answer);
    if (/^[a-z][a-z0-9+.-]*:/i.test(headers.location ?? ''))
      return {
        kind: 'garbage',
        fault: 'it answered with a redirect to another server; Location must be a stream name',
      };
    // The name may have arguments, as in an address.
    return { kind: 'allowed', name: headers.location?.split('?')[0] };
  },
};

/** The arguments of the address are further fields. They cannot replace the fields before them. */
function formOf(question: CallbackQuestion): URLSearchParams {
  const { action, app, userAgent, tcUrl, pageUrl, address, id, name, query } = question;
  const form = new URLSearchParams({
    app,
    flashver: userAgent,
    swfurl: '',
    tcurl: tcUrl,
    pageurl: pageUrl,
    addr: address,
    clientid: id,
    call: CALLS[action],
    name,
    ...(action === 'publish' ? { type: 'live' } : {}),
    ...(action === 'play' ? { start: '0', duration: '0', reset: '0' } : {}),
  });
  const own = new Set(form.keys());
  for (const [key, value] of new URLSearchParams(query)) if (!own.has(key)) form.append(key, value);
  return form;
}
