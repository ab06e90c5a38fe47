// The snippets of docs/sdk-javascript.md are checked against the types that are
// served, so that the page cannot promise what is not there.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { folder } from "./bundle.mjs";

const page = readFileSync(join(folder, "../../docs/sdk-javascript.md"), "utf8");
const snippets = [...page.matchAll(/^```(js|html)\n(.*?)^```$/gms)].map(([, language, text]) => ({ language, text }));

/** What a game has, and the snippets use. */
const game = `
export {};
import type { Kit, Member } from "https://HOST/sdk/v1/partykit.js";
declare global {
  const kit: Kit;
  const inviteButton: HTMLButtonElement;
  const field: HTMLInputElement;
  const x: number, y: number;
  function goTo(level: unknown): void;
  function playAlone(): void;
  function draw(...what: unknown[]): void;
  function say(text: string): void;
  function show(from: Member, data: unknown, direct: boolean): void;
  function toast(text: string, button?: string, run?: () => void): void;
  function question(text: string, yes: () => void, no: () => void): void;
  function load(report: (progress: number) => void): Promise<void>;
  function tutorial(): Promise<void>;
}
`;

test("every snippet fits the types", () => {
  assert.ok(snippets.length >= 10);
  const at = mkdtempSync(join(folder, "node_modules/.docs-"));
  try {
    writeFileSync(join(at, "game.d.ts"), game);
    snippets.forEach(({ language, text }, i) => {
      // A snippet that imports by itself is whole; the others go on from the first.
      const imports = 'import { PartyKit } from "https://HOST/sdk/v1/partykit.js"; void PartyKit;\n';
      const code = language === "js" ? text : [...text.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script).join("");
      const whole = language === "html" ? `/// <reference path="${folder}dist/partykit.global.d.ts" />\n${code}\nexport {};` : code.includes("import {") ? code : imports + code;
      writeFileSync(join(at, `snippet${i}.mts`), whole);
    });
    writeFileSync(
      join(at, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          target: "es2022",
          module: "esnext",
          moduleResolution: "bundler",
          lib: ["es2023", "dom", "dom.iterable"],
          types: [],
          strict: true,
          useUnknownInCatchVariables: false,
          noImplicitAny: false,
          noEmit: true,
          paths: { "https://HOST/sdk/v1/partykit.js": [join(folder, "dist/partykit.d.ts")] },
        },
        include: ["*.mts", "game.d.ts"],
      }),
    );
    execFileSync(join(folder, "node_modules/.bin/tsc"), ["-p", at], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    assert.fail(error.stdout || error.message);
  } finally {
    rmSync(at, { recursive: true });
  }
});

test("every call, event and option has its place on the page", () => {
  const types = readFileSync(join(folder, "src/partykit.d.ts"), "utf8");
  const section = (name) => new RegExp(`export interface ${name}[^{]*\\{(.*?)^\\}`, "ms").exec(types)[1];
  const names = (name) => [...section(name).matchAll(/^  (?:readonly )?(\w+)[?(:<]/gm)].map(([, found]) => found);
  for (const name of ["Kit", "Events", "StartOptions", "InviteOptions", "SendOptions", "Settings", "Door", "DataOptions", "MatchInfo", "ReadyOptions", "TravelOptions", "TravelQuestion", "Travel"]) {
    assert.ok(names(name).length >= 1);
    for (const member of names(name)) assert.match(page, new RegExp(`\\b${member}\\b`), `${name}.${member}`);
  }
});
