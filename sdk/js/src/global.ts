// The script tag, served as /sdk/v1/partykit.global.js: it sets `PartyKit`.
import { PartyKitError } from "./errors";
import { entry } from "./start";

const own = (document.currentScript as HTMLScriptElement | null)?.src;

Object.assign(globalThis, { PartyKit: Object.freeze({ ...entry(own), PartyKitError }) });
