// The ES module, served as /sdk/v1/partykit.js.
import { PartyKitError } from "./errors";
import { entry } from "./start";
import type * as Public from "./partykit";

export const PartyKit: typeof Public.PartyKit = entry(import.meta.url);
export { PartyKitError };

PartyKitError satisfies typeof Public.PartyKitError;
