/** Why a request failed. `code` is stable, `message` is for people. */
export class PartyKitError extends Error {
  declare readonly docs?: string;
  declare readonly retryAfter?: number;

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
  return new PartyKitError(
    text(problem.code) ?? "internal",
    text(problem.message, problem.detail, problem.title) ?? "The server gave no reason.",
    text(problem.docs, problem.type),
    typeof problem.retryAfter === "number" ? problem.retryAfter : undefined,
  );
}
