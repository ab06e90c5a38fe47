// Measures a page some times with Lighthouse, as a phone with a slow line sees
// it, and prints one line of JSON: the scores of each run, and every audit that
// any run lost points by.
//
//	CHROME_PATH=… node measure.mjs ADDRESS TIMES
import lighthouse from "lighthouse";
import { launch } from "chrome-launcher";

const [address, times] = process.argv.slice(2);
const categories = ["performance", "accessibility", "best-practices"];
const runs = [];
const lost = {};
for (let i = 0; i < Number(times); i++) {
  const chrome = await launch({ chromeFlags: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"], logLevel: "silent" });
  try {
    const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories: categories, logLevel: "error", output: "json" });
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const run = Object.fromEntries(categories.map((c) => [c, Math.round(100 * lhr.categories[c].score)]));
    run.firstPaint = Math.round(lhr.audits["first-contentful-paint"].numericValue);
    run.largestPaint = Math.round(lhr.audits["largest-contentful-paint"].numericValue);
    run.shift = lhr.audits["cumulative-layout-shift"].numericValue;
    run.bytes = lhr.audits["total-byte-weight"].numericValue;
    run.documentBytes = lhr.audits["network-requests"].details.items[0].transferSize;
    runs.push(run);
    for (const c of categories)
      for (const { id, weight } of lhr.categories[c].auditRefs) {
        const a = lhr.audits[id];
        if (weight > 0 && a.score !== null && a.score < 1) lost[id] = a.title;
      }
  } finally {
    await chrome.kill();
  }
  process.stderr.write(`run ${i + 1} of ${times}: ${JSON.stringify(runs.at(-1))}\n`);
}
console.log(JSON.stringify({ runs, lost }));
