// The formats of callbacks by the value of `auth.format`.

import type { CallbackFormatName } from '../../settings/hook-settings.ts';
import type { CallbackFormat } from './callback-format.ts';
import { mediamtxCallback } from './mediamtx-callback.ts';
import { nginxRtmpCallback } from './nginx-rtmp-callback.ts';
import { omeCallback } from './ome-callback.ts';
import { sluiceCallback } from './sluice-callback.ts';
import { srsCallback } from './srs-callback.ts';

export const CALLBACKS: Readonly<Record<CallbackFormatName, CallbackFormat>> = {
  sluice: sluiceCallback,
  'nginx-rtmp': nginxRtmpCallback,
  srs: srsCallback,
  mediamtx: mediamtxCallback,
  ome: omeCallback,
};
