// Runs before each file of unit and property tests: whoever reads expired bytes gets wrong ones.
import { poisonExpiredBytes } from '../../server/bytes/poison.ts';

poisonExpiredBytes();
