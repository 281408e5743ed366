// The files of deploy/ and docker-compose.yml, as their readers see them.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';

const CHECKOUT = path.resolve(import.meta.dirname, '../..');

export function checkoutPath(file: string): string {
  return path.join(CHECKOUT, file);
}

export function readDeployed(file: string): string {
  return readFileSync(checkoutPath(file), 'utf8');
}

/** The documents of a YAML file. Throws for invalid YAML. */
export function readYaml<Document>(file: string): readonly Document[] {
  return parseAllDocuments(readDeployed(file)).map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS() as Document;
  });
}
