// Runs before each file of unit and property tests. Expired bytes are overwritten, so that code that reads them fails.
import { poisonExpiredBytes } from '../../server/bytes/poison.ts';

poisonExpiredBytes();
