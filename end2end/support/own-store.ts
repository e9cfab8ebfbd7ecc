/** A store of the test's own, into which it reaches: to make sessions older, or to make the store fail. */

import { expect, test as base } from './fixtures.ts';
import { query, startStore, type SharedStore } from './stores.ts';

export class OwnStore {
  readonly #store: SharedStore;

  private constructor(store: SharedStore) {
    this.#store = store;
  }

  /** PostgreSQL: what it is told takes effect at once, for a server that runs already. */
  static async start(): Promise<OwnStore> {
    return new OwnStore(await startStore('postgres'));
  }

  /** For `EXEUNT_STORE`. */
  get address(): string {
    return this.#store.address;
  }

  /** When the one session was used last, and when it ends if nobody uses it, as the server wrote it. */
  get times(): string {
    const times = this.#ask('SELECT last_used_at, idle_expires_at FROM session').trim();
    expect(times, 'one session').toMatch(/^\d+\|\d+$/);
    return times;
  }

  /**
   * As if all sessions had been used last so many seconds earlier. The server writes a use at most once a minute, so that of
   * a younger session nobody can tell whether something extends it.
   */
  age(seconds: number): void {
    const earlier = seconds * 1000;
    this.#ask(`UPDATE session SET last_used_at = last_used_at - ${earlier}, idle_expires_at = idle_expires_at - ${earlier}`);
  }

  /** As if nobody had used any session for as long as it may lie idle. */
  runOut(): void {
    this.#ask(`UPDATE session SET idle_expires_at = ${Date.now() - 1000}`);
  }

  /** From now on no question about a session is answered. */
  fail(): void {
    this.#ask('ALTER TABLE session RENAME TO session_elsewhere');
  }

  mend(): void {
    this.#ask('ALTER TABLE session_elsewhere RENAME TO session');
  }

  stop(): Promise<void> {
    return this.#store.stop();
  }

  #ask(statement: string): string {
    return query(this.#store, statement);
  }
}

/** The app stands on such a store. */
export const test = base.extend<{ readonly store: OwnStore }>({
  store: async ({}, use) => {
    const store = await OwnStore.start();
    await use(store);
    await store.stop();
  },
  settings: async ({ store }, use) => use({ EXEUNT_STORE: store.address }),
});

export { expect };
