// Reads a release with DuckDB and prints what it finds: clients.mjs CLIENTS_FOLDER RELEASE
import { createRequire } from 'node:module';
import path from 'node:path';

const [clients, release] = process.argv.slice(2);
const require = createRequire(path.join(clients, 'package.json'));
const { DuckDBInstance } = require('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const out = {};
for (const lang of ['ru', 'en']) {
  const from = `read_json('${release}/data/${lang}/*.jsonl.zst', format='newline_delimited')`;
  const count = await connection.runAndReadAll(
    `select count(*)::int, sum(n_chars)::int, count(distinct id)::int from ${from}`);
  const types = await connection.runAndReadAll(`describe select * from ${from}`);
  out[lang] = { count: count.getRows()[0], types: types.getRows().map((r) => [r[0], r[1]]) };
}
console.log(JSON.stringify(out));
