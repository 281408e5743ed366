// A writer that is killed at any moment leaves a complete file, and the next writer continues: hundreds of moments.
import { expect, test } from 'vitest';
import { killWriters } from '../support/killed-writer.ts';

test('killed four hundred times, the file is always complete, and never older', async () => {
  await expect(killWriters(400)).resolves.toBeUndefined();
}, 600_000);
