// Reads Parquet files with four libraries and prints what each finds: parquet.mjs CLIENTS FILE
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [clients, file] = process.argv.slice(2);
const require = createRequire(path.join(clients, 'package.json'));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const out = {};

const { DuckDBInstance } = require('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const rows = await connection.runAndReadAll(
  `select id, text, lang, lang_score, doc_id, seg, n_segs, channel, forwarded_from, author,
   strftime(date, '%Y-%m-%dT%H:%M:%SZ') as date, url, hashtags, n_chars, n_words, quality, extra,
   lang_spans from '${file}'`);
out.duckdb = rows.getRowObjectsJson();
out.types = (await connection.runAndReadAll(`describe select * from '${file}'`)).getRows()
  .map((r) => [r[0], r[1]]);

const { parquetReadObjects } = await load('hyparquet');
const { compressors } = await load('hyparquet-compressors');
const bytes = readFileSync(file);
const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
out.hyparquet = await parquetReadObjects({ file: buffer, compressors });

const pl = require('nodejs-polars');
const frame = pl.readParquet(file);
out.polars = { rows: frame.height, n_chars: Number(frame.getColumn('n_chars').sum()),
               ids: frame.getColumn('id').toArray() };

const wasm = require('parquet-wasm');
out.wasm = { rows: wasm.readParquet(bytes).recordBatches().reduce((n, b) => n + b.numRows, 0) };

console.log(JSON.stringify(out, (key, value) => typeof value === 'bigint' ? Number(value) : value));
