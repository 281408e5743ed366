// Writes FILE.br and FILE.gz beside each built text asset, with the strongest compression.
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const COMPRESSIBLE = /\.(?:js|css|svg|json|map|txt)$/;

/**
 * Asynchronous, because it takes seconds, in which the lock of the build must be renewed.
 * @param {string} folder
 */
export async function compressAssets(folder) {
  for (const name of fs.readdirSync(folder).filter((file) => COMPRESSIBLE.test(file))) {
    const file = path.join(folder, name);
    const plain = fs.readFileSync(file);
    const params = {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
    };
    fs.writeFileSync(`${file}.br`, await promisify(brotliCompress)(plain, { params }));
    fs.writeFileSync(`${file}.gz`, await promisify(gzip)(plain, { level: constants.Z_BEST_COMPRESSION }));
  }
}
