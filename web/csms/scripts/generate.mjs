// Makes the types the dashboard is written against: REST from the OpenAPI description, OCPP messages from the
// notation. Files are rewritten only when their text changed, so that the type checker's cache stays good.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const project = process.env.LADESTROM_SOURCE ?? dirname(dirname(web)); // set when built outside the source tree
const out = join(web, "src", "generated");
mkdirSync(out, { recursive: true });

const description = pathToFileURL(join(project, "src", "api", "openapi.json"));
const text = "// Generated from src/api/openapi.json.\n" + astToString(await openapiTS(description));
const target = join(out, "api.ts");
if (!existsSync(target) || readFileSync(target, "utf8") !== text) {
  writeFileSync(target, text);
}

execFileSync(
  "python3",
  [join(project, "tools", "ocppgen"), "typescript", join(project, "protocol", "v16"), "--out", join(out, "ocpp16.ts")],
  { stdio: "inherit" },
);
