// `npm run docs`: writes docs/settings.md, docs/errors.md, docs/metrics.md, docs/doctor.md and docs/api.md, the common settings into
// README.md, the events into docs/webhooks.md, and the messages into docs/websocket.md, each between two markers.

import { readFileSync, writeFileSync } from 'node:fs';
import { openApiDocument } from '../server/api/openapi.ts';
import { referenceOf } from '../server/api/reference.ts';
import { renderApiPage } from '../server/api/reference-markdown.ts';
import { renderErrorsPage } from '../server/errors/markdown-table.ts';
import { renderCommonSettings, renderSettingsPage } from '../server/settings/markdown-table.ts';
import { renderDoctorPage } from './doctor-page.ts';
import { renderMetricsPage } from './metrics-page.ts';
import { withEvents } from './webhook-events.ts';
import { withMessages } from './websocket-page.ts';

const README = new URL('../README.md', import.meta.url);
const SECTION = /(<!-- settings: [^\n]*-->\n)[\s\S]*?(<!-- \/settings -->)/;

const text = readFileSync(README, 'utf8');
if (!SECTION.test(text)) throw new Error('README.md has no markers for the table of settings');
writeFileSync(
  README,
  text.replace(SECTION, (_all, open, close) => `${open}\n${renderCommonSettings()}\n${close}`),
);
writeFileSync(new URL('../docs/settings.md', import.meta.url), renderSettingsPage());
writeFileSync(new URL('../docs/errors.md', import.meta.url), renderErrorsPage());
writeFileSync(new URL('../docs/doctor.md', import.meta.url), renderDoctorPage());
writeFileSync(new URL('../docs/metrics.md', import.meta.url), renderMetricsPage());
const WEBHOOKS = new URL('../docs/webhooks.md', import.meta.url);
writeFileSync(WEBHOOKS, withEvents(readFileSync(WEBHOOKS, 'utf8')));
const WEBSOCKET = new URL('../docs/websocket.md', import.meta.url);
writeFileSync(WEBSOCKET, withMessages(readFileSync(WEBSOCKET, 'utf8')));
// The page has no version, so that a release does not change it.
writeFileSync(new URL('../docs/api.md', import.meta.url), renderApiPage(referenceOf(openApiDocument(''))));
