// Builds TypeScript sources for a test, as go generate builds them to be served.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";

export const folder = fileURLToPath(new URL("..", import.meta.url));

const scripts = new Map();

/** Bundles one source, once, as a script that sets `sdk` to what it exports. What it loads later it asks `importModule` for. */
export async function script(source) {
  if (!scripts.has(source)) scripts.set(source, bundle(source, "iife"));
  return (await scripts.get(source)).text.replaceAll(/\bimport\(/g, "importModule(");
}

/** Bundles one source and imports it into the test itself. */
export async function load(source) {
  const { text } = await bundle(source, "esm");
  return import(`data:text/javascript,${encodeURIComponent(text)}`);
}

async function bundle(source, format) {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: [source],
    bundle: true,
    write: false,
    format,
    globalName: format === "iife" ? "sdk" : undefined,
    target: "es2022",
    define: { VERSION: '"test"', "import.meta.url": '"https://party.example/sdk/v1/partykit.js"' },
    loader: { ".css": "text" },
  });
  return outputFiles[0];
}
