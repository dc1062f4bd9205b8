// Reads a release with DuckDB and polars and prints what they find: clients.mjs CLIENTS_FOLDER RELEASE
import { createRequire } from 'node:module';
import { readdirSync } from 'node:fs';
import path from 'node:path';

const [clients, release] = process.argv.slice(2);
const require = createRequire(path.join(clients, 'package.json'));
const { DuckDBInstance } = require('@duckdb/node-api');
const pl = require('nodejs-polars');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const out = {};
for (const lang of ['ru', 'en']) {
  const from = `read_json('${release}/data/${lang}/*.jsonl.zst', format='newline_delimited')`;
  const count = await connection.runAndReadAll(
    `select count(*)::int, sum(n_chars)::int, count(distinct id)::int from ${from}`);
  const types = await connection.runAndReadAll(`describe select * from ${from}`);
  const folder = path.join(release, 'data', lang);
  const frames = readdirSync(folder).sort().map((name) =>
    pl.scanJson(path.join(folder, name), { inferSchemaLength: null }).collectSync());
  const frame = pl.concat(frames);
  out[lang] = { count: count.getRows()[0], types: types.getRows().map((r) => [r[0], r[1]]),
                polars: { ids: frame.getColumn('id').toArray(),
                          text: frame.getColumn('text').toArray(),
                          n_chars: Number(frame.getColumn('n_chars').sum()),
                          types: frame.columns.map((name) => [name, `${frame.getColumn(name).dtype}`]) } };
}
console.log(JSON.stringify(out));
