// What has been done in each level, in a form that any two players can merge in any order and come to the same: for every level the number
// of the run (playing it again is a new run) and the facts of that run. A higher run wins; equal runs have their facts united.

import { levels, levelById } from "./levels/index.js";
import { isFact } from "./rules.js";

const MAX_RUN = 999_999;

export class Progress {
  #levels = new Map(levels.map((level) => [level.id, { run: 1, facts: new Set() }]));

  /** facts of a level's present run. Read only. */
  facts(id) {
    return this.#levels.get(id)?.facts ?? new Set();
  }

  run(id) {
    return this.#levels.get(id)?.run ?? 1;
  }

  /** merge takes in what another player, or the party's data, says of one level, and returns the facts that are new here. Nonsense is dropped. */
  merge(id, run, facts) {
    const level = levelById(id), mine = this.#levels.get(id);
    if (!level || !Number.isInteger(run) || run < mine.run || run > MAX_RUN || !Array.isArray(facts)) return [];
    if (run > mine.run) {
      mine.run = run;
      mine.facts = new Set();
    }
    const fresh = facts.filter((fact) => isFact(level, fact) && !mine.facts.has(fact));
    for (const fact of fresh) mine.facts.add(fact);
    return fresh;
  }

  /** mergeAll takes in what toJSON() gave somewhere else. */
  mergeAll(other) {
    for (const { id } of levels) {
      const theirs = other?.[id];
      if (theirs) this.merge(id, theirs.run, theirs.facts);
    }
  }

  /** again starts a new run of a level. */
  again(id) {
    this.merge(id, this.run(id) + 1, []);
  }

  /** toJSON is small enough for the party's data: a few hundred bytes. */
  toJSON() {
    return Object.fromEntries([...this.#levels].map(([id, { run, facts }]) => [id, { run, facts: [...facts].sort() }]));
  }
}
