// A writer that is killed at any moment leaves a complete file, and the next writer continues. Hundreds of kills: test/long.
import { expect, test } from 'vitest';
import { killWriters } from '../../support/killed-writer.ts';

test('killed forty times, the file is always complete, and never older', async () => {
  await expect(killWriters(40)).resolves.toBeUndefined();
});
