// `npm run test:hostile`: every input of the catalogue against one process, twice: once to warm up, once to count.

import { attack } from './attack.ts';
import { CATALOGUE } from './catalogue.ts';
import { renderReport } from './report.ts';

/** Rows to play, for a closer look at some of them: `npm run test:hostile -- 3 17`. */
const rows = process.argv.slice(2).map(Number);
const inputs = CATALOGUE.filter(({ row }) => rows.length === 0 || rows.includes(row));
const report = await attack(inputs, inputs, (what) => process.stderr.write(`${what}\n`));
process.stdout.write(renderReport(report));
process.exitCode = report.faults.length === 0 ? 0 : 1;
