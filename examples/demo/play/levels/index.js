// The levels, in the order in which they are played, and the reader of their maps.
//
// A map is drawn with characters, one for each tile:
//   #  solid          ~  water, solid but low      .  ground      :  path
//   S  where players begin          X  the way out          *  a lantern to light
//   a … e  a plate                  A … E  the gate (or bridge) of the plates with that letter
// Everything a rule needs to know about a level stands in the frozen object that read() returns; rules.js never looks at a map.

import { lighthouse } from "./lighthouse.js";
import { meadow } from "./meadow.js";
import { ruins } from "./ruins.js";
import { tutorial } from "./tutorial.js";

export const GROUND = 0, SOLID = 1, WATER = 2, PATH = 3;

/** read turns a level's definition into what rules and pictures need. It throws when the map is not sound, so that a typo shows at once. */
export function read(def) {
  const width = def.map[0].length, height = def.map.length;
  const tiles = new Uint8Array(width * height);
  const plates = [], lanterns = [], gates = {};
  let spawn, exit;
  for (const [letter, gate] of Object.entries(def.gates)) {
    gates[letter] = { letter, needs: gate.needs, bridge: !!gate.bridge, cells: [] };
  }
  def.map.forEach((row, y) => {
    if (row.length !== width) throw new Error(`${def.id}: row ${y} is ${row.length} wide, not ${width}`);
    [...row].forEach((char, x) => {
      const centre = { x: x + 0.5, y: y + 0.5 };
      let tile = GROUND;
      if (char === "#") tile = SOLID;
      else if (char === "~") tile = WATER;
      else if (char === ":") tile = PATH;
      else if (char === "S") spawn = centre;
      else if (char === "X") exit = centre;
      else if (char === "*") lanterns.push(centre);
      else if (gates[char]) gates[char].cells.push({ x, y });
      else if (gates[char.toUpperCase()]) plates.push({ ...centre, gate: char.toUpperCase() });
      else if (char !== ".") throw new Error(`${def.id}: nobody knows what "${char}" at ${x},${y} is`);
      tiles[y * width + x] = tile;
    });
  });
  if (!spawn || !exit) throw new Error(`${def.id}: a level has a beginning (S) and an end (X)`);
  return Object.freeze({ id: def.id, name: def.name, about: def.about, hint: def.hint, theme: def.theme, width, height, tiles, plates, lanterns, gates, spawn, exit,
    wisps: def.wisps ?? [] });
}

export const levels = [meadow, ruins, lighthouse].map(read);
export const tutorialLevel = read(tutorial);

/** levelById returns the level, or undefined: the id may have come from somebody else's game. */
export const levelById = (id) => levels.find((level) => level.id === id);
