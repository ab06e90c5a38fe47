// The invite links of this guest. The server tells a code once and stores only
// its hash, so the guest keeps it, to offer the same live link again.
import type { Core } from "./core";
import type { Guest } from "./guest";
import type { Invite, InviteOptions, LiveInvite } from "./partykit";

const maxKept = 64;
const maxMessage = 255;

export class Links {
  readonly #core: Core;
  readonly #asked = new Map<string, Promise<Invite>>();
  #closed = false;

  constructor(core: Core) {
    this.#core = core;
    core.events.on("connection", (state) => (this.#closed = state === "closed"));
  }

  async create(options: InviteOptions = {}): Promise<Invite> {
    const { expires, maxUses, message, until, for: only, onLeave, payload, requires, spoken, replaces, ...others } = options;
    noOthers(this.#core, others);
    const bytes = new TextEncoder().encode(message).length;
    if (bytes > maxMessage) {
      throw this.#core.error({ code: "too_large", message: `Bytes of an invite's message: ${bytes}, at most ${maxMessage}.` });
    }
    const rare = { until, for: typeof only === "object" ? only.id : only, onLeave, payload, requires, spoken: spoken || undefined };
    const key = JSON.stringify([expires || 0, maxUses || 0, message || "", rare]);
    const live = !replaces && !this.#closed && this.#core.party().invites.find((invite) => usable(invite) && this.#kept(invite.id)?.options === key);
    if (live) return this.#whole(live);
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = this.#make(key, { expires, maxUses, message, replaces: typeof replaces === "object" ? replaces.id : replaces, ...rare }).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  async list(): Promise<readonly (LiveInvite & Partial<Invite>)[]> {
    const { invites } = await this.#core.command("invites");
    return ((invites ?? []) as LiveInvite[]).map((invite) => this.#whole(invite));
  }

  async revoke(invite: string): Promise<void> {
    await this.#core.command("revoke", { invite });
    this.#keep(this.#core.slot.guest.invites.filter(({ id }) => id !== invite));
  }

  async #make(options: string, members: Record<string, unknown>): Promise<Invite> {
    const { invite, code, url, spoken } = await this.#core.command("invite", members);
    this.#keep([...this.#core.slot.guest.invites, { ...invite, code, url, spoken, options }].slice(-maxKept));
    return this.#whole(invite);
  }

  #kept(id: string) {
    return this.#core.slot.guest.invites.find((invite) => invite.id === id);
  }

  #keep(invites: Guest["invites"]): void {
    this.#core.slot.guest.invites = invites;
    this.#core.slot.save();
  }

  /** A live link with the code and the address that only this guest knows. */
  #whole(invite: LiveInvite): Invite {
    const { code, url, spoken } = this.#kept(invite.id) ?? {};
    return { ...invite, ...(code && { code, url }), ...(spoken && { spoken }) } as Invite;
  }
}

function usable({ expires, maxUses, uses }: LiveInvite): boolean {
  return (!expires || expires > Date.now()) && (!maxUses || uses < maxUses);
}

/** A misspelt option is an error, not a link that never expires or a party that stays open. */
export function noOthers(core: Core, others: object): void {
  const [name] = Object.keys(others);
  if (name !== undefined) throw core.error({ code: "bad_request", message: `There is no option ${name}.` });
}
