// docs/websocket.md shows every message as its schema has it, and every topic.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { withMessages } from '../../scripts/websocket-page.ts';
import { OPERATOR_SCHEMAS } from '../../server/stats/operator-schemas.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/websocket.md'), 'utf8');

test('docs/websocket.md shows every message as it is (`npm run docs` writes it)', () => {
  expect(page).toBe(withMessages(page));
});

test('every message of operators says in which topic it comes', () => {
  for (const [op, { description = '' }] of Object.entries(OPERATOR_SCHEMAS))
    expect(description, op).toMatch(/^Topic `(?:streams|detail|server)`: /);
});
