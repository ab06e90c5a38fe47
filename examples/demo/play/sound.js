// A few notes, made on the spot. Silent until the player asks for sound.

const tunes = { lantern: [659, 988], gate: [330, 392], caught: [233, 175], solved: [523, 659, 784, 1047], say: [740] };

export class Sound {
  on = false;
  #context;

  toggle() {
    this.on = !this.on;
    if (this.on) this.#context ??= new AudioContext();
    return this.on;
  }

  play(tune) {
    if (!this.on) return;
    tunes[tune].forEach((pitch, i) => {
      const start = this.#context.currentTime + i * 0.11, tone = this.#context.createOscillator(), volume = this.#context.createGain();
      tone.type = "triangle";
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, start);
      volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + 0.5);
      tone.connect(volume).connect(this.#context.destination);
      tone.start(start);
      tone.stop(start + 0.5);
    });
  }
}
