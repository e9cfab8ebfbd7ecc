/** Free ports of the loopback interface. */

import { createServer } from 'node:net';

/** Below the range from which the system gives ports to outgoing connections. */
const FIRST = 12_000;
const LAST = 32_000;

/** So that two workers never reach for the same port: each has a range of its own. */
const RANGES = 16;

/** What was given out already, and may not be listened on yet: no port is given out twice. */
const given = new Set<number>();

/** The first of a run of ports of which those at `offsets` are free, and given to nobody else in this process. */
export async function freePort(offsets: readonly number[] = [0]): Promise<number> {
  const size = Math.floor((LAST - FIRST) / RANGES);
  const worker = Number(process.env['TEST_PARALLEL_INDEX'] ?? 0) % RANGES;
  const span = Math.max(...offsets) + 1;
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const port = FIRST + worker * size + Math.floor(Math.random() * (size - span));
    const wanted = offsets.map((offset) => port + offset);
    if (wanted.some((one) => given.has(one))) {
      continue;
    }
    // Before the first wait, so that nobody who asks meanwhile gets one of them.
    wanted.forEach((one) => given.add(one));
    const free = await Promise.all(wanted.map(isFree));
    if (free.every(Boolean)) {
      return port;
    }
  }
  throw new Error('no free port was found');
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
