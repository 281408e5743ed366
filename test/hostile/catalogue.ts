// All hostile inputs by row and number, generated from tables, without duplicates.

import { type HostileInput, numbered } from './hostile-input.ts';
import { AMF_ROWS } from './rows/amf-bombs.ts';
import { CHUNK_ROWS } from './rows/chunks.ts';
import { CLOCK_ROWS } from './rows/clocks.ts';
import { COMMAND_ROWS } from './rows/commands.ts';
import { MEDIA_ROWS } from './rows/media.ts';
import { MEMORY_ROWS } from './rows/memory.ts';
import { STRANGER_ROWS } from './rows/strangers.ts';

export const CATALOGUE: readonly HostileInput[] = numbered([
  COMMAND_ROWS,
  AMF_ROWS,
  CHUNK_ROWS,
  MEMORY_ROWS,
  STRANGER_ROWS,
  CLOCK_ROWS,
  MEDIA_ROWS,
]);

/** Names of the rows, as in docs/trust.md. */
export const ROW_NAMES: Readonly<Record<number, string>> = {
  1: 'connect',
  2: 'short control bodies',
  3: 'truncation',
  4: 'AMF recursion',
  5: 'media from a non-publisher',
  6: 'coalesced second publisher',
  7: 'wrongly typed arguments',
  8: 'prototype names',
  12: 'announced lengths',
  13: 'handshake stall and drip',
  17: 'AMF counts',
  18: 'tiny messages',
  22: 'publish twice',
  23: '24-bit boundary',
  24: '31- and 32-bit wraps',
  25: 'jumps',
  26: 'TCP segmentation',
  27: 'interleaving',
  28: 'no key frame',
  32: 'traversal',
  33: 'secrets in logs',
  37: 'reset',
  43: 'chunk sizes',
  44: 'chunk stream ids',
  45: 'slow-fed memory',
  61: 'bad configurations',
  62: 'AVCC lengths',
  63: 'missing configuration',
  67: 'acknowledgement and ping floods',
  68: 'metadata',
  69: 'log injection',
  70: 'wrong protocols',
  71: 'command order',
  72: 'changes in mid-message',
  73: 'legacy messages',
};
