// docs/doctor.md shows every rule of the doctor as it is.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderDoctorPage } from '../../scripts/doctor-page.ts';

const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/doctor.md'), 'utf8');

test('docs/doctor.md shows every rule as it is (`npm run docs` writes it)', () => {
  expect(page).toBe(renderDoctorPage());
});
