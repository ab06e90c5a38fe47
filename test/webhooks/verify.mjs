// Verifies posts as a game's backend would. Reads {secret, posts: [{headers,
// body}]} and writes for each what it says, or why it is not believed.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";

const { secret, posts } = JSON.parse(readFileSync(0, "utf8"));
const webhook = new Webhook(secret);
const said = posts.map(({ headers, body }) => {
  try {
    return webhook.verify(body, headers).type;
  } catch (err) {
    return `refused: ${err.message}`;
  }
});
process.stdout.write(JSON.stringify(said));
