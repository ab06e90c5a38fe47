import type { PartyData } from "./partykit";

/** Why a request failed. `code` is stable, `message` is for people. */
export class PartyKitError extends Error {
  declare readonly docs?: string;
  declare readonly retryAfter?: number;
  declare readonly next?: "join" | "ask";
  declare readonly data?: PartyData;
  declare readonly revision?: number;

  constructor(
    readonly code: string,
    message: string,
    docs?: string,
    retryAfter?: number,
  ) {
    super(message);
    this.name = "PartyKitError";
    if (docs) this.docs = docs;
    if (retryAfter) this.retryAfter = retryAfter;
  }
}

/** Makes an error of an `error` frame, or of a problem+json answer. */
export function fromServer(problem: Record<string, any>): PartyKitError {
  const text = (...values: unknown[]) => values.find((value) => typeof value === "string") as string | undefined;
  const error = new PartyKitError(
    text(problem.code) ?? "internal",
    text(problem.message, problem.detail, problem.title) ?? "The server gave no reason.",
    text(problem.docs, problem.type),
    typeof problem.retryAfter === "number" ? problem.retryAfter : undefined,
  );
  const { code, data = {}, dataRevision: revision = 0 } = problem;
  return code === "revision_conflict" ? Object.assign(error, { data, revision }) : error;
}
