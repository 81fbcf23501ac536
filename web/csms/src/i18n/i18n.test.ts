// Both languages complete, with the same placeholders, and no text that nothing uses.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { preferredLanguage } from ".";
import de from "./de.json";
import en from "./en.json";

type Tree = { [name: string]: string | Tree };

function flat(tree: Tree, prefix = ""): Map<string, string> {
  const out = new Map<string, string>();
  for (const [name, value] of Object.entries(tree)) {
    if (typeof value === "string") {
      out.set(prefix + name, value);
    } else {
      flat(value, `${prefix}${name}.`).forEach((text, key) => out.set(key, text));
    }
  }
  return out;
}

const english = flat(en);
const german = flat(de);

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.ts$/.test(entry.name) && !entry.parentPath.includes("generated"))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
}

// Keys in the sources: t("a.b"), and t(`a.${x}`) as a pattern.
function used(): { exact: Set<string>; patterns: RegExp[] } {
  const exact = new Set<string>();
  const patterns: RegExp[] = [];
  for (const text of sources(dirname(dirname(fileURLToPath(import.meta.url))))) {
    for (const match of text.matchAll(/\bt\(\s*"([^"]+)"/g)) {
      exact.add(match[1] as string);
    }
    for (const match of text.matchAll(/\bt\(\s*`([^`]+)`/g)) {
      const pattern = (match[1] as string).split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^$()|[\]\\]/g, "\\$&"));
      patterns.push(new RegExp(`^${pattern.join("[^.]+")}$`));
    }
  }
  return { exact, patterns };
}

describe("the two languages", () => {
  it("have the same keys", () => expect([...german.keys()].sort()).toEqual([...english.keys()].sort()));
  it("have the same placeholders", () => {
    const placeholders = (text: string | undefined) => [...(text ?? "").matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();
    for (const [key, text] of english) {
      expect([key, placeholders(german.get(key))]).toEqual([key, placeholders(text)]);
    }
  });
  it("leave nothing empty", () => {
    expect([...english, ...german].filter(([, text]) => text.trim() === "")).toEqual([]);
  });
});

describe("the sources", () => {
  const { exact, patterns } = used();
  const stem = (key: string) => key.replace(/_(one|other)$/, "");
  const stems = new Set([...english.keys()].map(stem));
  it("are read at all", () => expect(exact.size).toBeGreaterThan(150));
  it("use only keys that exist", () => {
    expect([...exact].filter((key) => !english.has(key) && !stems.has(key))).toEqual([]);
    expect(patterns.filter((pattern) => ![...stems].some((key) => pattern.test(key)))).toEqual([]);
  });
  it("use every key", () => {
    expect([...stems].filter((key) => !exact.has(key) && !patterns.some((pattern) => pattern.test(key)))).toEqual([]);
  });
});

describe("the language at the start", () => {
  it.each([
    [null, ["de-AT", "en"], "de"],
    [null, ["fr", "en-US"], "en"],
    [null, ["fr", "de"], "de"],
    [null, [], "en"],
    ["en", ["de"], "en"],
    ["xx", ["de"], "de"],
  ])("stored %s, browser %j: %s", (stored, browser, language) => expect(preferredLanguage(stored, browser)).toBe(language));
});
