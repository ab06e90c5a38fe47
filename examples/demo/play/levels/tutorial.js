// A small room in which Pip, a friendly light, plays the part of the friend: you hold a door for Pip, Pip holds one for you. It is built
// so that walking right, and waiting, is all it takes.
export const tutorial = {
  id: "tutorial",
  name: "The gatehouse",
  about: "A small house with two doors. Pip, a light, waits behind one of them.",
  hint: "",
  theme: "meadow",
  gates: { A: { needs: 1 }, B: { needs: 1 } },
  map: [
    "#####################",
    "#####################",
    "##.....A............#",
    "############........#",
    "##........##..b.....#",
    "##.S::::::aB::::::X.#",
    "##........##........#",
    "#####################",
    "#####################",
  ],
};
