// Types for the script tag: <script src="https://HOST/sdk/v1/partykit.global.js"></script>
import type * as Sdk from "./partykit.js";

declare global {
  const PartyKit: typeof Sdk.PartyKit & { readonly PartyKitError: typeof Sdk.PartyKitError };
}
