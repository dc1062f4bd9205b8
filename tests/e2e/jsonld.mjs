// Expands a JSON-LD document and prints the result: jsonld.mjs CLIENTS_FOLDER FILE
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';

const [clients, file] = process.argv.slice(2);
const jsonld = createRequire(path.join(clients, 'package.json'))('jsonld');
const documentLoader = (url) => { throw new Error(`fetches ${url}`); };
const expanded = await jsonld.expand(JSON.parse(fs.readFileSync(file)), {
  documentLoader, base: 'https://example.org/set/' });
console.log(JSON.stringify(expanded));
