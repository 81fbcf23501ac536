// Says what the dashboard weighs over the wire, and fails when what every page needs grows past its limit.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const entry_limit = 200_000; // bytes of JavaScript, gzipped, before the first page shows
const dist = process.argv[2];
const gzipped = (path) => gzipSync(readFileSync(join(dist, path)), { level: 9 }).length;

const page = readFileSync(join(dist, "index.html"), "utf8");
const first = [...page.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((match) => match[1]);
const entry = first.map(gzipped).reduce((sum, size) => sum + size, 0);
const all = readdirSync(join(dist, "assets")).map((name) => gzipped(join("assets", name)));
const kb = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
console.log(`dashboard: ${kb(entry)} of JavaScript to start, ${kb(all.reduce((sum, size) => sum + size, 0))} in all (gzip)`);
if (/<script(?![^>]*\bsrc=)|<style|\son\w+=/i.test(page)) {
  console.error("dashboard: index.html holds an inline script or style, which the content security policy forbids");
  process.exit(1);
}
if (entry === 0 || entry > entry_limit) {
  console.error(`dashboard: the entry weighs ${kb(entry)}; the limit is ${kb(entry_limit)}`);
  process.exit(1);
}
