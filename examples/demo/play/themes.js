// The colours of each kind of place, and of the things that mean the same everywhere.
export const themes = {
  meadow: {
    beyond: "#54934f", ground: ["#b4d68c", "#93c072"], path: "#e3d3a2", pathEdge: "#cdbb84", shade: "rgba(34, 66, 46, 0.30)", grain: 0.05,
    top: ["#5f9f57", "#4b8a4d"], side: "#356b40", water: ["#8fd0d8", "#6db6c8", "#5aa5bd"], bank: "#6f9a55", foam: "rgba(255, 255, 255, 0.6)", dark: 0,
  },
  ruins: {
    beyond: "#d9b28d", ground: ["#d2a27c", "#ab776b"], path: "#dcb78f", pathEdge: "#b98b68", shade: "rgba(58, 28, 58, 0.36)", grain: 0.08,
    top: ["#e6c5a0", "#d3ab87"], side: "#8d6258", water: ["#7d8fae", "#6a7c9d", "#5f7192"], bank: "#8a5f58", foam: "rgba(255, 240, 220, 0.5)", dark: 0,
  },
  lighthouse: {
    beyond: "#122c4c", ground: ["#73879a", "#5c6f84"], path: "#8d9cab", pathEdge: "#67798b", shade: "rgba(6, 14, 28, 0.45)", grain: 0.09,
    top: ["#8b9cae", "#76889b"], side: "#3c4c60", water: ["#2b5277", "#1b3c60", "#122c4c"], bank: "#3f5063", foam: "rgba(200, 228, 244, 0.55)", dark: 0.78,
  },
};

/** Each gate and its plates have a colour and a sign of their own, so that nobody has to tell them apart by colour alone. */
export const marks = {
  A: { colour: "#f2b640", sign: "circle" },
  B: { colour: "#49c3c9", sign: "diamond" },
  C: { colour: "#c58cf2", sign: "triangle" },
  D: { colour: "#ff8f78", sign: "square" },
  E: { colour: "#8fd45f", sign: "star" },
};

/** A player's colour goes by its number in the party, which no other member has. */
const coats = ["#ff9e5e", "#5fc9f0", "#f47fb0", "#a5d65b", "#b59cff", "#ffd25e", "#57d3a7", "#f28b82"];
export const coat = (n) => coats[(n - 1) % coats.length];

export const LIGHT = "#ffcf7a";
export const INK = "#20242c";
