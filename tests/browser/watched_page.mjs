// A browser page that keeps account of what must not happen: errors in the console, breaches of the content security
// policy, requests to anywhere else; and that takes pictures and checks accessibility.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const patience_ms = 60_000; // of a person before a busy machine
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

export async function launch() {
  return chromium.launch({
    executablePath: process.env.LADESTROM_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export class WatchedPage {
  static async open(browser, base, pictures) {
    const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, locale: "en-GB", colorScheme: "light", acceptDownloads: true });
    return new WatchedPage(await context.newPage(), base, pictures);
  }

  constructor(page, base, pictures) {
    this.page = page;
    this.base = base;
    this.pictures = pictures;
    this.problems = [];
    this.outside = [];
    this.requests = 0;
    this.expecting_failures = false;
    mkdirSync(pictures, { recursive: true });
    page.setDefaultTimeout(patience_ms);
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()) && !this.expecting_failures) {
        this.problems.push(`${message.type()}: ${message.text()}`);
      }
    });
    page.on("pageerror", (error) => this.problems.push(`exception: ${error.message}`));
    page.on("request", (request) => {
      this.requests++;
      const url = request.url();
      if (!url.startsWith(`${base}/`) && !url.startsWith(`blob:${base}/`)) {
        this.outside.push(url);
      }
    });
  }

  async picture(name) {
    await this.page.screenshot({ path: join(this.pictures, `${name}.png`) });
  }

  // WCAG 2.1 A and AA, as far as a program can tell.
  async accessibility() {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() =>
      globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"] }),
    );
    return violations.flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")}: ${node.failureSummary?.split("\n").slice(1, 3).join(" ")}`),
    );
  }

  // Fingerprint of what a chart shows now.
  async drawn() {
    return this.page.evaluate(() => {
      const canvas = document.querySelector("figure canvas");
      return canvas === null ? "" : canvas.toDataURL();
    });
  }
}

export async function eventually(check, what, timeout_ms = patience_ms) {
  const end = Date.now() + timeout_ms;
  let last;
  while (Date.now() < end) {
    last = await check();
    if (last) {
      return last;
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${what}: not within ${timeout_ms} ms`);
}
