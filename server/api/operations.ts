// All operations of the API, in the order of documents. A new resource is a file with its operations, a field of ApiGateway,
// and a line here.

import { ADMIN_TOKEN_OPERATIONS, type AdminTokensPort } from './admin-tokens.ts';
import { CAPTION_OPERATIONS, type CaptionsPort } from './captions.ts';
import { CLOSED_NAME_OPERATIONS, type ClosedNamesPort } from './closed-names.ts';
import { getInfo, type InfoPort } from './info.ts';
import { KEY_OPERATIONS, type KeysPort } from './keys.ts';
import { LIMIT_OPERATIONS, type LimitsPort } from './limits.ts';
import { LOG_LEVEL_OPERATIONS, type LogLevelPort } from './log-level.ts';
import type { Operation } from './operation.ts';
import { PLAYBACK_TOKEN_OPERATIONS, type PlaybackTokensPort } from './playback-tokens.ts';
import { REJECTION_OPERATIONS, type RejectionsPort } from './rejections.ts';
import { RELOAD_OPERATIONS, type ReloadPort } from './reload.ts';
import { SETTING_OPERATIONS, type SettingsPort } from './settings.ts';
import { STREAM_OPERATIONS, type StreamsPort } from './streams.ts';
import { TEST_OPERATIONS, type TestsPort } from './tests.ts';
import { VIEWER_OPERATIONS, type ViewersPort } from './viewers.ts';
import { WEBHOOK_OPERATIONS, type WebhooksPort } from './webhooks.ts';

/** What the operations need of a gateway. */
export type ApiGateway = {
  readonly info: InfoPort;
  readonly streams: StreamsPort;
  readonly captions: CaptionsPort;
  readonly closedNames: ClosedNamesPort;
  readonly viewers: ViewersPort;
  readonly rejections: RejectionsPort;
  readonly tests: TestsPort;
  readonly keys: KeysPort;
  readonly playbackTokens: PlaybackTokensPort;
  readonly webhooks: WebhooksPort;
  readonly adminTokens: AdminTokensPort;
  readonly settings: SettingsPort;
  readonly limits: LimitsPort;
  readonly logLevel: LogLevelPort;
  readonly reload: ReloadPort;
};

export const OPERATIONS: readonly Operation<ApiGateway>[] = [
  ...STREAM_OPERATIONS,
  ...CAPTION_OPERATIONS,
  ...CLOSED_NAME_OPERATIONS,
  ...VIEWER_OPERATIONS,
  ...REJECTION_OPERATIONS,
  ...TEST_OPERATIONS,
  ...KEY_OPERATIONS,
  ...PLAYBACK_TOKEN_OPERATIONS,
  ...WEBHOOK_OPERATIONS,
  ...ADMIN_TOKEN_OPERATIONS,
  getInfo,
  ...SETTING_OPERATIONS,
  ...LIMIT_OPERATIONS,
  ...LOG_LEVEL_OPERATIONS,
  ...RELOAD_OPERATIONS,
];
