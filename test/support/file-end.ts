// Runs before each test file that shares modules with others: what such a file starts ends with it (cleanup.ts).
import { afterAll } from 'vitest';
import { endFile } from './cleanup.ts';

afterAll(endFile);
