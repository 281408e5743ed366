// The servers that are compared: how reports call them, and what a comparison with them means.

export type SystemName =
  | 'sluice'
  | 'sluice-100ms'
  | 'sluice-signed'
  | 'nginx-rtmp'
  | 'ffmpeg'
  | 'node-media-server'
  | 'nginx'
  | 'read-and-drop'
  | 'node-http'
  | 'node-tcp'
  | 'bare-node';

/** A peer does the same for its users. A floor does less than a gateway must, so that nobody is expected to be below it. */
export type SystemKind = 'own' | 'peer' | 'floor';

export const SYSTEMS: Readonly<Record<SystemName, { readonly title: string; readonly kind: SystemKind }>> = {
  sluice: { title: 'Sluice', kind: 'own' },
  'sluice-100ms': { title: 'Sluice, parts of 100 ms', kind: 'own' },
  'sluice-signed': { title: 'Sluice, signed', kind: 'own' },
  'nginx-rtmp': { title: 'nginx-rtmp', kind: 'peer' },
  ffmpeg: { title: 'ffmpeg -listen', kind: 'peer' },
  'node-media-server': { title: 'node-media-server (no HLS)', kind: 'peer' },
  nginx: { title: 'nginx, the same bytes as files', kind: 'peer' },
  'read-and-drop': { title: 'read and drop (Node)', kind: 'floor' },
  'node-http': { title: 'bare node:http, prepared buffer', kind: 'floor' },
  'node-tcp': { title: 'bare node:net, prepared answer', kind: 'floor' },
  'bare-node': { title: 'bare Node server (node:http and node:net)', kind: 'floor' },
};

export function isSystemName(name: string): name is SystemName {
  return Object.hasOwn(SYSTEMS, name);
}
