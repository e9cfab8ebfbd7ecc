import { expect, test } from '../support/fixtures.ts';

/** What the page notes of its connections: when it made each, and when it had dealt with the loss of each, by its own clock. */
interface Connections {
  readonly begun: number[];
  readonly lost: number[];
}

test('a server whose events are gone is tried at growing intervals, up to half a minute', async ({ visitor, complaints }) => {
  complaints.expect(/net::ERR_FAILED/);
  const { page } = visitor;
  await page.clock.install();
  await page.addInitScript(() => {
    // A wait is shortened by chance; here by nothing.
    Math.random = () => 0;
    const connections: Connections = { begun: [], lost: [] };
    Object.assign(globalThis, { connections });
    globalThis.EventSource = class extends EventSource {
      constructor(url: string | URL) {
        super(url);
        connections.begun.push(Date.now());
      }

      override addEventListener(kind: string, hear: any): void {
        super.addEventListener(kind, (event) => {
          hear(event);
          if (kind === 'error') {
            connections.lost.push(Date.now());
          }
        });
      }
    };
  });
  const connections = (): Promise<Connections> =>
    page.evaluate(() => (globalThis as unknown as { connections: Connections }).connections);
  const lost = (times: number): Promise<void> => expect.poll(async () => (await connections()).lost.length).toBe(times);

  await visitor.signIn();
  // It is signed in, and listens; what it says of the seconds must not go on by itself.
  await page.clock.pauseAt(Date.now() + 1000);
  await page.route('**/auth/events', (route) => route.abort());
  const before = await connections();
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  let tries = before.begun.length + 1;
  let losses = before.lost.length;
  for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
    losses += 1;
    await lost(losses);
    await page.clock.runFor(seconds * 1000 - 1);
    expect((await connections()).begun.length, `not before ${seconds} s`).toBe(tries);
    await page.clock.runFor(1);
    tries += 1;
    expect((await connections()).begun.length, `after ${seconds} s`).toBe(tries);
  }

  // Back again, it counts from the beginning.
  await lost(losses + 1);
  await page.unroute('**/auth/events');
  const listens = visitor.listens();
  await page.clock.runFor(30_000);
  await listens;
  tries += 1;
  expect((await connections()).begun.length).toBe(tries);
  await page.clock.runFor(60_000);
  expect((await connections()).begun.length, 'a connection that holds is left alone').toBe(tries);
});
