// The invite links of this guest. The server tells a code once and stores only
// its hash, so the guest keeps it, to offer the same live link again.
import type { Guest, Slot } from "./guest";
import { checkMessage } from "./limits";
import type { Invite, InviteOptions, LiveInvite, Party } from "./partykit";
import type { Session } from "./session";

const maxKept = 64;

export class Links {
  readonly #slot: Slot;
  readonly #session: () => Session;
  readonly #party: () => Party;
  readonly #asked = new Map<string, Promise<Invite>>();

  constructor(slot: Slot, session: () => Session, party: () => Party) {
    this.#slot = slot;
    this.#session = session;
    this.#party = party;
  }

  async create({ expires, maxUses, message }: InviteOptions = {}): Promise<Invite> {
    checkMessage(message);
    const key = JSON.stringify([expires || 0, maxUses || 0, message || ""]);
    const live = this.#party().invites.find((invite) => usable(invite) && this.#kept(invite.id)?.options === key);
    if (live) return this.#whole(live);
    let asked = this.#asked.get(key);
    if (!asked) {
      asked = this.#make(key, { expires, maxUses, message }).finally(() => this.#asked.delete(key));
      this.#asked.set(key, asked);
    }
    return asked;
  }

  async list(): Promise<readonly (LiveInvite & Partial<Invite>)[]> {
    const { invites } = await this.#session().command("invites");
    return ((invites ?? []) as LiveInvite[]).map((invite) => this.#whole(invite));
  }

  async revoke(invite: string): Promise<void> {
    await this.#session().command("revoke", { invite });
    this.#keep(this.#slot.guest.invites.filter(({ id }) => id !== invite));
  }

  async #make(options: string, members: Record<string, unknown>): Promise<Invite> {
    const { invite, code, url } = await this.#session().command("invite", members);
    this.#keep([...this.#slot.guest.invites, { ...invite, code, url, options }].slice(-maxKept));
    return this.#whole(invite);
  }

  #kept(id: string) {
    return this.#slot.guest.invites.find((invite) => invite.id === id);
  }

  #keep(invites: Guest["invites"]): void {
    this.#slot.guest.invites = invites;
    this.#slot.save();
  }

  /** A live link with the code and the address that only this guest knows. */
  #whole(invite: LiveInvite): Invite {
    const { code, url } = this.#kept(invite.id) ?? {};
    return { ...invite, ...(code && { code, url }) } as Invite;
  }
}

function usable({ expires, maxUses, uses }: LiveInvite): boolean {
  return (!expires || expires > Date.now()) && (!maxUses || uses < maxUses);
}
