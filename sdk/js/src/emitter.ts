type Listener = (...args: any[]) => void;

/** Typed events. A listener that throws disturbs neither the others nor the SDK. */
export class Emitter<E extends { [K in keyof E]: unknown[] }> {
  readonly #listeners = new Map<keyof E, Set<{ call: Listener }>>();

  /** Listens, and returns what ends that. The same callback may listen several times. */
  on<K extends keyof E>(event: K, call: (...args: E[K]) => void): () => void {
    const entry = { call: call as Listener };
    let listeners = this.#listeners.get(event);
    if (!listeners) this.#listeners.set(event, (listeners = new Set()));
    listeners.add(entry);
    return () => void listeners.delete(entry);
  }

  has(event: keyof E): boolean {
    return !!this.#listeners.get(event)?.size;
  }

  emit<K extends keyof E>(event: K, ...args: E[K]): void {
    for (const entry of [...(this.#listeners.get(event) ?? [])]) call(entry.call, ...args);
  }
}

/** Calls a listener; what it throws is reported as an uncaught error of the game. */
export function call(listener: Listener, ...args: unknown[]): void {
  try {
    listener(...args);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
