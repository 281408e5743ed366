// Which players play, and whether the table is written.

/** Part of a player's name; empty for all of them. */
export const WANTED_NAME = process.env['SLUICE_TEST_PLAYER_ONLY'] ?? '';

export const WRITES_TABLE = process.env['SLUICE_TEST_PLAYER_WRITE'] === '1';
